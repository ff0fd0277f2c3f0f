import { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import type { Endpoint, ObservedCertificate } from './remote.ts'
import { remoteFault } from './remote-faults.ts'

/** Encrypts what goes over the connections of one session. */
export type FtpTls = {
  /** The control connection. Faults: `remote.certificate_untrusted` with what the server showed, `remote.no_common_algorithm`. */
  control(socket: Socket): Promise<TLSSocket>
  /** A data connection, as a part of the session that the control connection began: many servers take no other. */
  data(socket: Socket): Promise<TLSSocket>
  certificate(): ObservedCertificate | undefined
}

/**
 * A certificate is trusted as everywhere (a known authority, the name of the host, in time), or because a person accepted
 * this very one, or the authority it is from. Nothing is sent before.
 */
export function openFtpTls(endpoint: Endpoint): FtpTls {
  const { host, trustedCertificate } = endpoint
  const accepted = readCertificate(trustedCertificate)
  let session: Buffer | undefined
  let control: TLSSocket | undefined
  let shown: X509Certificate | undefined
  let observed: ObservedCertificate | undefined

  const options = (socket: Socket): ConnectionOptions => ({
    socket,
    // An address is no name to ask for.
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: 'TLSv1.2',
    ...(accepted && { ca: [accepted.toString()], allowPartialTrustChain: true }),
    checkServerIdentity: (_, shown) => (shown.fingerprint256 === accepted?.fingerprint256 ? undefined : checkServerIdentity(host, shown)),
    // The handshake goes on, so that what the server showed can be told; whether it is good is asked before anything is sent.
    rejectUnauthorized: false,
    ...(session && { session }),
  })

  const handshake = (socket: Socket) =>
    new Promise<TLSSocket>((resolve, reject) => {
      const encrypted = connect(options(socket))
      encrypted.on('session', (ticket) => {
        session = ticket
      })
      encrypted.once('secureConnect', () => {
        encrypted.off('error', reject)
        encrypted.on('error', () => {})
        resolve(encrypted)
      })
      encrypted.once('error', reject)
      encrypted.once('close', () => reject(new Error('closed during the handshake')))
    })

  return {
    control: async (socket) => {
      const encrypted = await handshake(socket).catch((cause: Error & { code?: string }) => {
        const noCommon = /NO_SHARED|NO_CIPHERS|PROTOCOL_VERSION|HANDSHAKE_FAILURE|UNSUPPORTED_PROTOCOL/i.test(cause.code ?? '')
        throw remoteFault(noCommon ? 'remote.no_common_algorithm' : 'remote.connection_lost', { cause })
      })
      control = encrypted
      shown = encrypted.getPeerX509Certificate()
      if (shown !== undefined) {
        observed = { pem: shown.toString(), fingerprint: `SHA256:${fingerprintOf(shown)}`, trusted: encrypted.authorized }
      }
      if (!encrypted.authorized) {
        encrypted.destroy()
        const reason = String((encrypted.authorizationError as unknown as { code?: string })?.code ?? encrypted.authorizationError)
        throw remoteFault('remote.certificate_untrusted', { observedCertificate: observed, reason })
      }
      return encrypted
    },
    data: async (socket) => {
      session ??= control?.getSession()
      const encrypted = await handshake(socket)
      // A session that goes on has the certificate it began with; another one has to be the same server's.
      const same = encrypted.isSessionReused() || encrypted.getPeerX509Certificate()?.fingerprint256 === shown?.fingerprint256
      if (same) return encrypted
      encrypted.destroy()
      throw remoteFault('remote.certificate_untrusted', { reason: 'the data connection leads to another server' })
    },
    certificate: () => observed,
  }
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem)
  } catch (cause) {
    throw remoteFault('remote.certificate_untrusted', { reason: 'the accepted certificate cannot be read', cause })
  }
}

/** As host keys are shown: base64 of the SHA-256 of the certificate. */
function fingerprintOf(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64').replace(/=+$/, '')
}
