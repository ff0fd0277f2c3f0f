import type { FastifyInstance } from 'fastify'

/**
 * Says so, once, when a request was passed on by somebody whose word is not taken: behind a proxy that `TRUSTED_PROXIES` does
 * not name all senders have one address, and with it one quota and one patience for wrong passwords.
 */
export function warnOfProxies(app: FastifyInstance): void {
  let warned = false
  app.addHook('onRequest', async ({ headers, ip, socket, log }) => {
    if (warned || headers['x-forwarded-for'] === undefined || ip !== socket.remoteAddress) return
    warned = true
    const message =
      'X-Forwarded-For came from a sender that TRUSTED_PROXIES does not name: if that is your proxy, name its network there, or all who come through it count as one'
    log.warn({ sender: ip }, message)
  })
}
