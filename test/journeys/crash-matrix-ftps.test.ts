import { missingProftpd, startProftpd } from '../servers/proftpd.ts'
import { describeCrashMatrix } from './harness/crash-matrix.ts'

describeCrashMatrix({ name: 'FTPS, ProFTPD', skip: missingProftpd(), start: () => startProftpd({ encryption: 'explicit' }) })
