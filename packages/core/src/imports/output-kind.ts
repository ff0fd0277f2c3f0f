/** The kinds of result files as transfers have them: the second and later ones of a kind are numbered. */

export function kindOf({ kind, part }: { kind: string; part: number }): string {
  return part === 1 ? kind : `${kind}_${part}`
}

export function readKind(text: string): { kind: string; part: number } {
  const [, kind = text, part = '1'] = /^(.*)_(\d+)$/.exec(text) ?? []
  return { kind, part: Number(part) }
}
