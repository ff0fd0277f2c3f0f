import type { Endpoint } from './remote.ts'

/**
 * What we offer a server, best first. Sources: RFC 9142 for key exchange, RFC 8332 for RSA, OpenSSH's defaults.
 * `legacy` adds what old servers still need: SHA-1, CBC, DSA and 1024-bit groups; a person chooses it knowingly.
 */
export type SshAlgorithms = { kex: string[]; serverHostKey: string[]; cipher: string[]; hmac: string[]; compress: string[] }

// chacha20-poly1305 is left out: ssh2's native part cannot decrypt it with the OpenSSL of today's Node.
const sound: SshAlgorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
}

export const sshAlgorithms = {
  default: sound,
  legacy: {
    kex: [...sound.kex, 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
    serverHostKey: [...sound.serverHostKey, 'ssh-rsa', 'ssh-dss'],
    cipher: [...sound.cipher, 'aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
    hmac: [...sound.hmac, 'hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-md5'],
    compress: ['none'],
  },
} satisfies Record<Endpoint['algorithms'], SshAlgorithms>
