import type { Role } from '@drayage/db/vocabulary'

/**
 * Who may do what: the whole of it. Permissions are `noun:verb`. An operator's reach is every workspace, a workspace
 * admin's are all products of their workspaces, a product admin's are their products there.
 */
export const permissions = {
  'workspace:create': ['operator'],
  'workspace:read': ['operator', 'workspace_admin', 'product_admin'],
  'workspace:update': ['operator', 'workspace_admin'],
  'member:create': ['workspace_admin'],
  'member:read': ['workspace_admin'],
  'member:update': ['workspace_admin'],
  'member:delete': ['workspace_admin'],
  'licence:set': ['operator'],
  'licence:read': ['operator', 'workspace_admin', 'product_admin'],
  'ftp_client:create': ['workspace_admin', 'product_admin'],
  'ftp_client:read': ['workspace_admin', 'product_admin'],
  'ftp_client:update': ['workspace_admin', 'product_admin'],
  'ftp_client:activate': ['workspace_admin', 'product_admin'],
  'ftp_client:pause': ['workspace_admin', 'product_admin'],
  'ftp_client:resume': ['workspace_admin', 'product_admin'],
  'ftp_client:poll': ['workspace_admin', 'product_admin'],
  'ftp_client:delete': ['workspace_admin', 'product_admin'],
  'connection_test:create': ['workspace_admin', 'product_admin'],
  'connection_test:read': ['workspace_admin', 'product_admin'],
} as const satisfies Record<string, readonly (Role | 'operator')[]>

export type Permission = keyof typeof permissions
