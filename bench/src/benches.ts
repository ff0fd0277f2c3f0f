import { api } from './api/api.ts'
import type { Bench } from './bench.ts'
import { cold } from './cold/cold.ts'
import { importBench } from './import/import.ts'
import { transfer } from './transfer/transfer.ts'

/** Every bench, in the order they run. */
export const benches: readonly Bench[] = [transfer, importBench, api, cold]
