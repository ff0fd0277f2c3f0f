import { Fault } from '../../faults.ts'
import type { Action, Product } from '../importer.ts'
import { gst } from './gst/product.ts'
import { ratebooks } from './ratebooks/product.ts'

/** Every product, a line each. */
export const products: readonly Product[] = [gst, ratebooks]

/** Faults: `product.unknown`. */
export function productOf(key: string): Product {
  const found = products.find((product) => product.key === key)
  if (found === undefined)
    throw new Fault('not_found', 'product.unknown', `There is no product "${key}" here.`, { details: { product: key } })
  return found
}

/** Faults: `action.unknown`. */
export function actionOf(product: Product, key: string): Action {
  const found = product.actions.find((action) => action.key === key)
  if (found === undefined) {
    throw new Fault('not_found', 'action.unknown', `${product.title} has no action "${key}".`, {
      details: { product: product.key, action: key },
    })
  }
  return found
}
