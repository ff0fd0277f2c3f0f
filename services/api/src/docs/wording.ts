import { type Permission, permittedTo } from '@drayage/core/access/permissions'
import { download } from '@drayage/core/wire'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'

const people: Readonly<Record<string, string>> = {
  anyone: 'anybody, without an access token',
  known: 'everybody with an access token',
  user: 'every person',
  operator: 'operators',
  workspace_admin: 'workspace admins',
  product_admin: 'product admins, for their products',
  api_client: 'API clients',
}

/** Who may do it, as the table of permissions says. */
export function whoMay(permission: Permission): string {
  const roles = permittedTo(permission)
  const scope = roles.includes('api_client') ? ` with the scope \`${permission}\`` : ''
  return `For ${roles.map((role) => people[role]).join('; ')}${scope}.`
}

/** `createFtpClient` is "Create FTP client". */
export function summaryOf({ operation, method }: Route): string {
  const words = operation.name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  const isList = operation.output instanceof z.ZodObject && 'items' in operation.output.shape
  const verb = method !== 'GET' ? '' : isList ? 'list ' : operation.output === (download as z.ZodType) ? 'download ' : 'read '
  const text = `${verb}${words}`.replace(/\b(ftp|api|gst)\b/g, (word) => word.toUpperCase())
  return capital(text)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Nouns that stand together; the others stand under their own names. */
const tags: Readonly<Record<string, string>> = {
  sessions: 'People',
  'password-resets': 'People',
  passwords: 'People',
  me: 'People',
  'api-clients': 'API clients',
  'ftp-clients': 'FTP clients',
  'connection-tests': 'FTP clients',
  transfers: 'Transfers',
  imports: 'Transfers',
  ratebooks: 'Ratebooks',
  rates: 'Ratebooks',
  'sign-ups': 'Ratebooks',
  enquiries: 'Ratebooks',
  gst: 'GST',
  'audit-events': 'Audit trail',
  'installation-events': 'Audit trail',
}

export function tagOf(path: string): string {
  const noun = path.split('/')[2] ?? ''
  return tags[noun] ?? capital(noun.replaceAll('-', ' '))
}
