import { readFileSync } from 'node:fs'
import { readConfig as readApiConfig } from '@drayage/api/config'
import { readConfig as readWorkerConfig } from '@drayage/worker/config'
import { expect, test } from 'vitest'
import { dockerfile } from './build-image.ts'
import { parseCompose } from './compose.ts'
import { parseDockerfile } from './dockerfile.ts'

type Environment = Record<string, string>

const { services } = parseCompose()
const stages = parseDockerfile(readFileSync(dockerfile, 'utf8'))

/** The settings that a service asks its environment for. */
function settingsOf(readConfig: (env: Environment) => unknown): string[] {
  const asked = new Set<string>()
  const nothing = new Proxy<Environment>({}, { get: (_, name) => void asked.add(String(name)) })
  expect(() => readConfig(nothing)).toThrow()
  return [...asked].filter((name) => !name.endsWith('_FILE'))
}

test.each([
  ['api', readApiConfig],
  ['worker', readWorkerConfig],
])('whatever the %s can be told in docker/.env is passed on to it', (service, readConfig) => {
  const { environment = {} } = services[service] ?? {}
  const steps = stages.find(({ name }) => name === service)?.steps ?? []
  const ofImage = steps.flatMap((step) => (step.kind === 'env' ? Object.keys(step.values) : []))
  const settings = settingsOf(readConfig)
  expect(settings).toContain('LOG_LEVEL')
  expect(Object.keys(environment).map((name) => name.replace(/_FILE$/, ''))).toEqual(
    expect.arrayContaining(settings.filter((name) => !ofImage.includes(name))),
  )
  for (const [name, value] of Object.entries(environment)) {
    expect(
      [`\${${name}:-`, '/run/secrets/', '0.0.0.0'].some((start) => String(value).startsWith(start)),
      `${name}: ${value}`,
    ).toBe(true)
  }
})
