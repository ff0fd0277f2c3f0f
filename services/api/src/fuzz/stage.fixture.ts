import { openTenant, type Tenant } from '../tenant.fixture.ts'
import { type TestApi, testApi } from '../testing.ts'

/** An API with a tenant to ask about, and tokens of everybody who may ask, as well as of nobody. */
export type Stage = AsyncDisposable & { api: TestApi; tenant: Tenant; tokens: readonly (string | undefined)[] }

export async function openStage(): Promise<Stage> {
  const api = await testApi()
  const tenant = await openTenant(api)
  const operator = await api.logIn(tenant.home.operator)
  const clerk = await api.logIn(await tenant.home.productAdmin(['gst', 'ratebooks']))
  const tokens = [tenant.token, tenant.token, operator, operator, clerk, 'a.b.c', undefined]
  return { api, tenant, tokens, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}
