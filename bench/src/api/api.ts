import type { Bench, Experiment, Setting } from '../bench.ts'
import { type ApiSite, openApiSite } from './api-site.ts'
import { type Request, underLoad } from './load.ts'

const atLeast = 0.45
const bareName = 'bare fastify'

export const api: Bench = {
  name: 'api',
  about: 'what one API process answers, beside bare fastify routes that run the same queries and sign the same tokens',
  needs: [],
  async *experiments(setting) {
    await using site = await openApiSite(setting)
    for (const [name, request] of Object.entries(requests(site))) yield compare(name, { site, setting, request })
  },
}

/** By name; the address is the path on either service. */
function requests({ workspaceId, personToken, erpToken, apiClient }: ApiSite): Record<string, Request> {
  const form = { grant_type: 'client_credentials', client_id: apiClient.id, client_secret: apiClient.secret }
  const query = `query ($id: ID!) { ftpClients(workspaceId: $id, first: 10) { edges { node { label status host
    transfers(first: 5) { edges { node { id fileName state outcome { rows accepted rejected } timeline { state at } } } } } } } }`
  return {
    'GET /v1/transfers': {
      method: 'GET',
      url: `/v1/transfers?workspaceId=${workspaceId}&limit=50`,
      headers: { authorization: `Bearer ${erpToken}` },
    },
    'POST /oauth/token': {
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams(form)),
    },
    'GraphQL, clients and their transfers': {
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${personToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: workspaceId } }),
    },
  }
}

function compare(name: string, of: { site: ApiSite; setting: Setting; request: Request }): Experiment {
  const { site, setting, request } = of
  const side = (name: string, at: string) => ({
    name,
    run: () => underLoad({ ...request, url: at + request.url }, { seconds: setting.quick ? 2 : 5, signal: setting.signal }),
  })
  const peers = [bareName]
  return {
    title: name,
    ours: side('drayage', site.ours),
    peers: [side(bareName, site.bare)],
    figures: [
      { name, unit: 'requests/s', reading: 'requests/s', peers, goal: { of: 'ratio', atLeast } },
      { name: `${name}, p99`, unit: 'ms', reading: 'p99 ms', peers },
    ],
  }
}
