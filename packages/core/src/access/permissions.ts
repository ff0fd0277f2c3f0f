import type { Role } from '@drayage/db/vocabulary'

/** `anyone` needs not say who they are, `known` is everybody who did, `user` every person who did. */
type Permitted = 'anyone' | 'known' | 'user' | 'operator' | Role | 'api_client'

/**
 * Who may do what: the whole of it. Permissions are `noun:verb`. An operator's reach is every workspace, a workspace
 * admin's are all products of their workspaces, a product admin's are their products there, an API client's is its
 * workspace and product, if it was given the permission as a scope.
 */
export const permissions = {
  'session:create': ['anyone'],
  'session:refresh': ['anyone'],
  'session:delete': ['user'],
  'password:reset': ['anyone'],
  'password:set': ['anyone'],
  'mail:stop': ['anyone'],
  'me:read': ['known'],
  'token:create': ['anyone'],
  'token:revoke': ['anyone'],
  'workspace:create': ['operator'],
  'workspace:read': ['operator', 'workspace_admin', 'product_admin', 'api_client'],
  'workspace:update': ['operator', 'workspace_admin'],
  'member:create': ['workspace_admin'],
  'member:read': ['workspace_admin'],
  'member:update': ['workspace_admin'],
  'member:delete': ['workspace_admin'],
  'licence:set': ['operator'],
  'licence:read': ['operator', 'workspace_admin', 'product_admin', 'api_client'],
  'ftp_client:create': ['workspace_admin', 'product_admin'],
  'ftp_client:read': ['workspace_admin', 'product_admin', 'api_client'],
  'ftp_client:update': ['workspace_admin', 'product_admin'],
  'ftp_client:activate': ['workspace_admin', 'product_admin'],
  'ftp_client:pause': ['workspace_admin', 'product_admin'],
  'ftp_client:resume': ['workspace_admin', 'product_admin'],
  'ftp_client:poll': ['workspace_admin', 'product_admin', 'api_client'],
  'ftp_client:delete': ['workspace_admin', 'product_admin'],
  'connection_test:create': ['workspace_admin', 'product_admin'],
  'connection_test:read': ['workspace_admin', 'product_admin'],
  'transfer:read': ['workspace_admin', 'product_admin', 'api_client'],
  'transfer:replay': ['workspace_admin', 'product_admin', 'api_client'],
  'import:create': ['workspace_admin', 'product_admin', 'api_client'],
  'product:read': ['known'],
  'ratebook:read': ['workspace_admin', 'product_admin', 'api_client'],
  'ratebook:publish': ['workspace_admin', 'product_admin', 'api_client'],
  'rate:read': ['workspace_admin', 'product_admin', 'api_client'],
  'sign_up:create': ['workspace_admin', 'product_admin', 'api_client'],
  'sign_up:read': ['workspace_admin', 'product_admin', 'api_client'],
  'enquiry:create': ['workspace_admin', 'product_admin', 'api_client'],
  'enquiry:read': ['workspace_admin', 'product_admin', 'api_client'],
  'gst_document:read': ['workspace_admin', 'product_admin', 'api_client'],
  'gst_return:read': ['workspace_admin', 'product_admin', 'api_client'],
  'api_client:create': ['workspace_admin', 'product_admin'],
  'api_client:read': ['workspace_admin', 'product_admin'],
  'api_client:rotate': ['workspace_admin', 'product_admin'],
  'api_client:delete': ['workspace_admin', 'product_admin'],
  'audit_event:read': ['workspace_admin', 'product_admin'],
  'installation_event:read': ['operator'],
} as const satisfies Record<string, readonly Permitted[]>

export type Permission = keyof typeof permissions

/** Whom the table permits it. */
export function permittedTo(permission: Permission): readonly Permitted[] {
  return permissions[permission]
}

/** What an API client can be given: its scopes are the permissions that API clients may have. */
export const scopes = (Object.keys(permissions) as Permission[]).filter((permission) => permittedTo(permission).includes('api_client'))
