/** The body of a request for a GST client, complete and right; `fields` differ. */
export function newClient(workspaceId: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    workspaceId,
    product: 'gst',
    label: 'Tally',
    protocol: 'sftp',
    host: 'sftp.example.com',
    port: 22,
    baseDirectory: '/data',
    username: 'lotus',
    password: 'right',
    ...fields,
  }
}
