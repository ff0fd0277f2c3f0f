import { findStillPublished } from '@drayage/db/queries/ratebooks'
import type { Action } from '../../importer.ts'
import { issueReport } from '../../issue-report.ts'
import { rateColumns } from './columns.ts'
import { funderLayouts } from './funder-layouts.ts'
import { judgeRates } from './judge-rates.ts'
import { placementOf } from './placement.ts'
import { summary } from './summary.ts'

/** A ratebook: a row is the price of a vehicle for a term, a mileage and an advance payment. */
export const publishRates: Action = {
  key: 'publish_rates',
  title: 'Ratebook',
  folders: {
    inboxes: [
      { folder: 'ratebooks', mode: 'live', subfolders: true },
      { folder: 'ratebooks/default', mode: 'live' },
      { folder: 'test', mode: 'test', subfolders: true },
    ],
    claimed: 'processing',
    done: 'processed',
    failed: 'failed',
    outputs: { report: 'reports', summary: 'reports' },
  },
  columns: rateColumns,
  foreignLayouts: funderLayouts,
  importer: judgeRates,
  outputs: [],
  reports: [issueReport, summary],
  stillCounts: (client, same) => findStillPublished(client, { ...same, ...placementOf(same) }),
}
