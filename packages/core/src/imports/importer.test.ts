import { describe, expect, test } from 'vitest'
import { conformsToTheSeam, type ImporterFixture } from './importer.conformance.ts'
import { generateReturnFixture } from './products/gst/gstr1/generate-return.fixture.ts'
import { uploadSectionFixture } from './products/gst/gstr1/upload-section.fixture.ts'
import { uploadPurchaseFixture } from './products/gst/upload-purchase.fixture.ts'
import { uploadSalesFixture } from './products/gst/upload-sales.fixture.ts'
import { publishRatesFixture } from './products/ratebooks/publish-rates.fixture.ts'
import { products } from './products/registry.ts'

const fixtures: readonly ImporterFixture[] = [
  uploadSalesFixture,
  uploadPurchaseFixture,
  uploadSectionFixture,
  generateReturnFixture,
  publishRatesFixture,
]

test('every action has a fixture', () => {
  const actions = products.flatMap((product) => product.actions)
  expect(fixtures.map((fixture) => fixture.action)).toEqual(actions)
})

for (const fixture of fixtures) {
  describe(`${fixture.product.key} ${fixture.action.key}`, () => conformsToTheSeam(fixture))
}

describe.each(products)('$title', (product) => {
  test('every folder that an action names is its own, outputs have one each, and only results share theirs', () => {
    for (const { folders, outputs, reports = [] } of product.actions) {
      const { upload_error: errors, ...others } = folders.outputs
      const all = [
        ...folders.inboxes.map((inbox) => inbox.folder),
        folders.claimed,
        folders.done,
        folders.failed,
        ...new Set(Object.values(others)),
        ...(errors === undefined ? [] : [errors]),
      ]
      expect(new Set(all).size).toBe(all.length)
      for (const { kind } of [...outputs, ...reports]) expect(folders.outputs[kind]).toBeDefined()
      expect(errors === undefined).toBe(reports.length > 0)
    }
  })
})
