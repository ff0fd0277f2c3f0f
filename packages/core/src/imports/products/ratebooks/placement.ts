import { readSettings } from './settings.ts'

/** Where a book goes: a channel, a name in it, and whom it replaces there. */
export type Placement = { channel: string; name: string; replaces: 'channel' | 'name' }

type Dropped = { inbox: string | null; fileName: string; settings: Readonly<Record<string, unknown>> }

/** The channel of the folders `ratebooks/` and `test/` themselves, and of files that come by the API. */
export const defaultChannel = 'default'

/**
 * A folder in `ratebooks/` is a channel. A book is named as its file, without extension and without a date at the end, so
 * that the book of the next day has the same name (acme-ratebooks.2026-07-15.zip is called acme-ratebooks).
 */
export function placementOf({ inbox, fileName, settings }: Dropped): Placement {
  const [, channel = defaultChannel] = inbox?.split('/') ?? []
  const stem = fileName.replace(/\.[^.]*$/, '')
  const undated = stem.replace(/[-._ ]*\d{4}-?\d{2}-?\d{2}$/, '')
  return { channel, name: undated === '' ? stem : undated, replaces: readSettings(settings).multiRatebook ? 'name' : 'channel' }
}
