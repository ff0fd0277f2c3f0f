import { missingVsftpd, startVsftpd } from '../servers/vsftpd.ts'
import { describeCrashMatrix } from './harness/crash-matrix.ts'

describeCrashMatrix({ name: 'FTP, vsftpd', skip: missingVsftpd(), start: () => startVsftpd() })
