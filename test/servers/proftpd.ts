import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDaemon } from './daemon.ts'
import { findProgram, missingServer } from './debian.ts'
import { type Encryption, endpointOf, type FtpServer, newPassword, prepareGround } from './ftp-server.ts'
import { newSshKey } from './ssh-key.ts'

const program = { path: '/usr/sbin/proftpd', package: 'proftpd-core and proftpd-mod-crypto' }
const modules = '/usr/lib/proftpd'

export const missingProftpd = () => missingServer(program)

/** Over FTP, or over SSH with its module for that. */
export async function startProftpd(
  options: { encryption?: Encryption; ssh?: true; settings?: readonly string[] } = {},
): Promise<FtpServer> {
  const { encryption, ssh, settings = [] } = options
  const ground = await prepareGround('proftpd')
  const { stack, home, directory, port, certificate } = ground
  const user = { username: 'lotus', password: newPassword() }
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: user.password, encoding: 'utf8' }).trim()
  await writeFile(join(home, 'passwd'), `${user.username}:${hash}:65534:65534::${directory}:/bin/false\n`, { mode: 0o600 })
  await writeFile(join(home, 'group'), 'nogroup:x:65534:\n', { mode: 0o600 })
  const hostKey = newSshKey('ed25519')
  await writeFile(join(home, 'host_key'), hostKey.private, { mode: 0o600 })
  const lines = [
    `ModulePath ${modules}`,
    ...(encryption === undefined ? [] : ['LoadModule mod_tls.c']),
    ...(ssh ? ['LoadModule mod_sftp.c'] : []),
    'ServerType standalone',
    'ServerName drayage',
    'DefaultAddress 127.0.0.1',
    `Port ${port}`,
    'UseReverseDNS off',
    'UseIPv6 off',
    'User root',
    'Group root',
    'MaxInstances 200',
    'RequireValidShell off',
    'AuthOrder mod_auth_file.c',
    `AuthUserFile ${home}/passwd`,
    `AuthGroupFile ${home}/group`,
    `PidFile ${home}/pid`,
    `ScoreboardFile ${home}/scoreboard`,
    `SystemLog ${home}/log`,
    'WtmpLog off',
    'TransferLog none',
    'AllowOverwrite on',
    ...(encryption === undefined
      ? []
      : [
          'TLSEngine on',
          'TLSRequired on',
          `TLSECCertificateFile ${certificate.file}`,
          `TLSECCertificateKeyFile ${certificate.keyFile}`,
          `TLSLog ${home}/tls.log`,
          ...(encryption === 'implicit' ? ['TLSOptions UseImplicitSSL'] : []),
        ]),
    ...(ssh ? ['SFTPEngine on', `SFTPHostKey ${home}/host_key`, `SFTPLog ${home}/sftp.log`] : []),
    ...settings,
  ]
  const file = join(home, 'proftpd.conf')
  await writeFile(file, `${lines.join('\n')}\n`)
  await startDaemon(stack, { command: findProgram(program.path) ?? program.path, args: ['-n', '-q', '-c', file], port })
  const endpoint = endpointOf(ground, user, encryption)
  const overSsh = { ...endpoint, protocol: 'sftp', trustedHostKeys: [hostKey.fingerprint] } as const
  return { endpoint: ssh ? overSsh : endpoint, directory, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
