import type { JsonSchema } from './json-schema.ts'

/** What an example says for a field, by its name: one story, of one customer. */
const byName: Readonly<Record<string, unknown>> = {
  id: '019a8c1e-5a3c-7b0e-9d43-3f1a8d0c6b52',
  workspaceId: '019a8c1e-0b7d-7c39-8f6e-51c2a4e0d917',
  secretId: '019a8c20-77aa-7f10-b8f4-6a0f93d2c1e4',
  against: '019a8b77-2d4e-7c10-a5b6-9e8f7a6b5c4d',
  connectionTestId: '019a8c22-91d4-7e55-a1c8-0d5b7e42f36a',
  email: 'asha@lotusmills.example',
  password: 'correct horse battery',
  token: 'the-token-of-the-link',
  refreshToken: 'dry_refresh_...',
  name: 'Lotus Mills',
  label: 'Tally',
  role: 'product_admin',
  products: ['gst'],
  product: 'gst',
  action: 'upload_sales',
  kind: 'success',
  validUntil: '2027-03-31T23:59:59Z',
  scopes: ['import:create', 'transfer:read'],
  protocol: 'sftp',
  host: 'sftp.lotusmills.example',
  port: 22,
  baseDirectory: '/drayage',
  username: 'drayage',
  acceptHostKey: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDTPZ3yUUNc0Txxg6g',
  userId: 'auth0|5f7c8ec7c33c6c004bbafe82',
  givenName: 'Asha',
  familyName: 'Rao',
  termsAgreed: true,
  quoteRef: 66953,
  employee: 'Asha Rao',
  fileName: 'sales-july.csv',
  gstin: '27AAPFU0939F1ZV',
  period: '072025',
  mode: 'live',
  grant_type: 'client_credentials',
  client_id: '019a8c1f-3e21-7a94-8c0b-7d2e6f5a1b93',
  client_secret: 'dry_...',
}

/** Fields that an example shows though they may be left out. */
const shown = new Set([
  'products',
  'password',
  'protocol',
  'label',
  'acceptHostKey',
  'mode',
  'product',
  'host',
  'port',
  'baseDirectory',
  'username',
  'workspaceId',
])

/** An object with its required fields and those that most callers send. */
export function exampleOf(fields: {
  properties: Readonly<Record<string, JsonSchema>>
  required: readonly string[]
}): Record<string, unknown> {
  const names = Object.keys(fields.properties).filter((name) => fields.required.includes(name) || (shown.has(name) && name in byName))
  return Object.fromEntries(names.map((name) => [name, exampleFor(name)]))
}

export function exampleFor(name: string): unknown {
  const example = byName[name]
  if (example === undefined) throw new Error(`examples.ts has no example for ${name}`)
  return example
}
