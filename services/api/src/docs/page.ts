import { createHash } from 'node:crypto'
import type { OpenApi, Parameter, PathOperation } from './openapi.ts'

/** The contract as a page that needs nothing but itself: no scripts, nothing from elsewhere. */
export function docsPage(api: OpenApi): { html: string; csp: string } {
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, its]) => ({ path, method: method.toUpperCase(), its })),
  )
  const tags = [...new Set(all.flatMap(({ its }) => its.tags))]
  const sections = tags.map((tag) => {
    const within = all.filter(({ its }) => its.tags.includes(tag))
    return `<h2 id="${anchor(tag)}">${text(tag)}</h2>\n${within.map(section).join('\n')}`
  })
  const links = tags.map((tag) => `<a href="#${anchor(tag)}">${text(tag)}</a>`).join(' ')
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(api.info.title)} API</title><style>${style}</style></head>
<body>
<h1>${text(api.info.title)} API</h1>
<p>${text(api.info.description)} Version ${text(api.info.version)}. For machines: <a href="openapi.json">openapi.json</a>.</p>
<p>The examples take the address of the service and an access token from the shell:</p>
<pre>${text(setUp)}</pre>
<nav>${links}</nav>
${sections.join('\n')}
</body>
</html>
`
  const hash = createHash('sha256').update(style).digest('base64')
  return { html, csp: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` }
}

const setUp = `URL=http://127.0.0.1:3000
TOKEN=$(curl -s $URL/v1/sessions -H 'content-type: application/json' -d '{"email":"...","password":"..."}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`

function section({ path, method, its }: { path: string; method: string; its: PathOperation }): string {
  const rows = its.parameters.map(
    (parameter) =>
      `<tr><td><code>${text(parameter.name)}</code></td><td>${parameter.in}</td><td>${parameter.required ? 'required' : ''}</td><td>${text(about(parameter))}</td></tr>`,
  )
  const body = Object.entries(its.requestBody?.content ?? {}).map(
    ([type, { schema }]) =>
      `<p>Body: <code>${text(type)}</code> ${schema.$ref ? `<code>${text(schema.$ref.split('/').at(-1) ?? '')}</code>` : ''}</p>`,
  )
  return `<section id="${its.operationId}">
<h3><code>${method} ${text(path)}</code></h3>
<p>${text(its.summary)}. ${text(its.description ?? '')}</p>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}
${body.join('')}
<pre>${text(curl({ path, method, its }))}</pre>
</section>`
}

/** A command that does it, with the examples of the contract. */
export function curl({ path, method, its }: { path: string; method: string; its: PathOperation }): string {
  const value = (name: string) => encodeURIComponent(String(its.parameters.find((parameter) => parameter.name === name)?.example ?? name))
  const query = its.parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const asked = query.map(({ name }) => `${name}=${value(name)}`).join('&')
  const url = path.replace(/\{(\w+)\}/g, (_, name) => value(name)) + (asked === '' ? '' : `?${asked}`)
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}"$URL${url}"`]
  if (its.security.some((one) => 'token' in one)) lines.push('-H "authorization: Bearer $TOKEN"')
  if (its.security.some((one) => 'client' in one)) lines.push('-u "$CLIENT_ID:$CLIENT_SECRET"')
  for (const header of its.parameters)
    if (header.in === 'header' && header.example) lines.push(`-H '${header.name.toLowerCase()}: ${header.example}'`)
  const [type, content] = Object.entries(its.requestBody?.content ?? {})[0] ?? []
  if (type === 'application/json') lines.push(`-H 'content-type: application/json'`, `-d '${JSON.stringify(content?.example)}'`)
  if (type === 'text/csv') lines.push(`-H 'content-type: text/csv'`, '--data-binary @sales-july.csv')
  if (type === 'application/x-www-form-urlencoded')
    lines.push(`-d '${its.operationId === 'revokeToken' ? 'token=...' : 'grant_type=client_credentials'}'`)
  return lines.join(' \\\n  ')
}

function about({ description, schema }: Parameter): string {
  const kind = Array.isArray(schema.enum) ? schema.enum.join(', ') : (schema.$ref?.split('/').at(-1) ?? schema.format ?? schema.type ?? '')
  return [description, String(kind)].filter(Boolean).join('; ')
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(' ', '-')
}

function text(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto;padding:.75rem;background:color-mix(in srgb,currentColor 8%,transparent);border-radius:.4rem}nav{position:sticky;top:0;background:Canvas;padding:.5rem 0}nav a{margin-right:1rem}table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top}h2{margin-top:3rem}h3{margin-top:2rem}`
