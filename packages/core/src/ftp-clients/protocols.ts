import type { Protocol } from '@drayage/db/vocabulary'

/** What an administrator has to know and decide about each protocol. */
export type ProtocolFacts = {
  title: string
  /** Whether log-in and files are encrypted on the way. */
  secure: boolean
  /** What the server shows of itself before the log-in, and what an administrator can trust. */
  trusts: 'hostKey' | 'certificate' | 'nothing'
  /** What a connection test calls the step in which that is looked at. */
  trustStep?: 'host_key' | 'tls'
  /** With what one can log in; one of them is enough. */
  secrets: readonly ('password' | 'privateKey')[]
}

export const protocolFacts: Readonly<Record<Protocol, ProtocolFacts>> = {
  sftp: { title: 'SFTP', secure: true, trusts: 'hostKey', trustStep: 'host_key', secrets: ['password', 'privateKey'] },
  ftps: { title: 'FTPS', secure: true, trusts: 'certificate', trustStep: 'tls', secrets: ['password'] },
  ftp: { title: 'FTP', secure: false, trusts: 'nothing', secrets: ['password'] },
}
