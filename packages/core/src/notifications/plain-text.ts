/** Paragraphs, each of one or more lines. */
export type Paragraphs = readonly (readonly string[])[]

export function paragraphs(...parts: readonly (readonly string[] | string | undefined)[]): Paragraphs {
  return parts.flatMap((part) => (part === undefined || part.length === 0 ? [] : [typeof part === 'string' ? [part] : part]))
}

export function plainText(parts: Paragraphs): string {
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/**
 * Words of a customer, made safe to stand among ours: on one line, no longer than `max`, and so that no mail program makes
 * a link of them.
 */
export function quoted(text: string, options: { max: number } = { max: 200 }): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const short = clean.length <= options.max ? clean : `${clean.slice(0, options.max - 1).toWellFormed()}…`
  return short.replaceAll('://', ':\u200b//').replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\u200b.`)
}

/** `1 row`, `1,204 rows`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
