import type { Settings } from '../context.ts'

/** An address of ours for a person's browser. @param path with the slash before it */
export function linkTo({ publicUrl = 'http://127.0.0.1:3000' }: Settings, path: string): string {
  return publicUrl.replace(/\/$/, '') + path
}
