import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/**
 * Where the link in an invitation or a password reset leads: a page that sets a password through `/v1/passwords`, or asks for
 * another link. The token stands after the `#`, so that only the browser knows it.
 */
export async function passwordPage(app: FastifyInstance): Promise<void> {
  app.get('/password', (_, reply) => reply.type('text/html; charset=utf-8').header('content-security-policy', csp).send(html))
}

const style = `:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem}label,input,button{display:block;box-sizing:border-box;width:100%;font:inherit}input,button{padding:.6rem;margin:.25rem 0 1rem}[hidden]{display:none}`

// Addresses are relative: a proxy may have the service in a folder.
const script = `
const [choose, again, said] = ['choose', 'again', 'said'].map((id) => document.getElementById(id))
const token = new URLSearchParams(location.hash.slice(1)).get('token')
const say = (text) => { said.textContent = text }
const show = (form) => { for (const each of [choose, again]) each.hidden = each !== form }
const post = async (url, body) => {
  const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { ok: reply.ok, ...(await reply.json().catch(() => ({}))) }
}
const away = { detail: 'The service did not answer. Look whether you are online, and press the button again.' }
const onSubmit = (form, answer) => form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  button.disabled = true
  say('One moment …')
  const problem = await answer().catch(() => away)
  button.disabled = false
  if (problem) say(problem.errors?.[0]?.message ?? problem.detail ?? away.detail)
})
onSubmit(choose, async () => {
  const [password, repeated] = ['password', 'repeated'].map((id) => document.getElementById(id).value)
  if (password !== repeated) return { detail: 'The two passwords differ. Type the same one twice.' }
  const reply = await post('v1/passwords', { token, password })
  if (reply.code === 'password.link_unknown') show(again)
  if (!reply.ok) return reply
  show()
  say('Your password is set. Log in with it from now on.')
})
onSubmit(again, async () => {
  const reply = await post('v1/password-resets', { email: document.getElementById('email').value })
  if (!reply.ok) return reply
  show()
  say('If somebody has this address here, a mail with a new link is on its way. It is good for an hour.')
})
show(token ? choose : again)
if (!token) say('This link is not whole. Open it from the mail again, or ask for a new one.')
`

const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your password</title><style>${style}</style></head>
<body>
<h1>Your password</h1>
<p id="said" role="status"></p>
<noscript><p>This page needs JavaScript. Allow it here, or open the link in another browser.</p></noscript>
<form id="choose" hidden>
<label for="password">New password, at least 12 characters</label>
<input id="password" type="password" autocomplete="new-password" minlength="12" maxlength="200" required>
<label for="repeated">The same again</label>
<input id="repeated" type="password" autocomplete="new-password" minlength="12" maxlength="200" required>
<button>Set the password</button>
</form>
<form id="again" hidden>
<label for="email">Your e-mail address</label>
<input id="email" type="email" autocomplete="email" maxlength="254" required>
<button>Send me a new link</button>
</form>
<script>${script}</script>
</body>
</html>
`

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const csp = `default-src 'none'; script-src ${sourceOf(script)}; style-src ${sourceOf(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
