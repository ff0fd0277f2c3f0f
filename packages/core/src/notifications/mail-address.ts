import { z } from 'zod'

const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * An address that can be carried without quoting anything: ASCII, a plain local part of at most 64 characters, a host
 * name of at least two labels, 254 characters in all. No names, comments, groups or lists. In lower case.
 */
export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const labels = text.slice(at + 1).split('.')
  return (
    text.length <= 254 &&
    at > 0 &&
    at <= 64 &&
    local.test(text.slice(0, at)) &&
    labels.length > 1 &&
    labels.every((part) => label.test(part))
  )
}

export const mailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .refine(isMailAddress, { error: 'Give one plain e-mail address, such as name@example.com.', params: { code: 'mail_address_syntax' } })
