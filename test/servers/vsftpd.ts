import { execFileSync } from 'node:child_process'
import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { startDaemon } from './daemon.ts'
import { findProgram, missingServer } from './debian.ts'
import { type Encryption, endpointOf, type FtpServer, prepareGround } from './ftp-server.ts'
import { makeUser } from './system-user.ts'

const program = { path: '/usr/sbin/vsftpd', package: 'vsftpd' }

export const missingVsftpd = () => missingServer(program)

export type VsftpdOptions = {
  encryption?: Encryption
  /** Of the loopback; 127.0.0.1 if not said. */
  address?: string
  /** More lines for vsftpd.conf. */
  settings?: readonly string[]
}

/** Encrypted, it takes no data connection that does not go on with the session of the control connection. */
export async function startVsftpd(options: VsftpdOptions = {}): Promise<FtpServer> {
  const { encryption, address = '127.0.0.1', settings = [] } = options
  const ground = await prepareGround('vsftpd')
  const { stack, home, directory, port, certificate } = ground
  const user = makeUser(stack, { home: directory })
  await chown(directory, user.uid, user.gid)
  const service = basename(home)
  await writeFile(`/etc/pam.d/${service}`, 'auth required pam_unix.so\naccount required pam_unix.so\n')
  stack.defer(() => rm(`/etc/pam.d/${service}`))
  await mkdir(join(home, 'empty'))
  const lines = [
    'listen=YES',
    `listen_address=${address}`,
    `listen_port=${port}`,
    'background=NO',
    'anonymous_enable=NO',
    'local_enable=YES',
    'check_shell=NO',
    'write_enable=YES',
    'local_umask=022',
    `secure_chroot_dir=${home}/empty`,
    'seccomp_sandbox=NO',
    `pam_service_name=${service}`,
    ...(encryption === undefined
      ? []
      : [
          'ssl_enable=YES',
          `implicit_ssl=${encryption === 'implicit' ? 'YES' : 'NO'}`,
          'force_local_data_ssl=YES',
          'force_local_logins_ssl=YES',
          'require_ssl_reuse=YES',
          'ssl_ciphers=HIGH',
          `rsa_cert_file=${certificate.file}`,
          `rsa_private_key_file=${certificate.keyFile}`,
        ]),
    ...settings,
  ]
  const file = join(home, 'vsftpd.conf')
  await writeFile(file, `${lines.join('\n')}\n`)
  execFileSync('chown', ['root:root', file])
  await startDaemon(stack, { command: findProgram(program.path) ?? program.path, args: [file], port, address })
  const { username, password } = user
  const endpoint = { ...endpointOf(ground, { username, password }, encryption), host: address }
  return { endpoint, directory, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
