import { requestLoopback } from '../../ports/loopback.ts';
import type { Probe } from './plan.ts';

/** The longest that one probe waits for its answer, in milliseconds. */
const probeTimeoutMs = 3_000;

/** One yes or no; no answer is a no. */
export async function probe({ url, caFile, clientCertificate, tokenFile, expect }: Probe): Promise<boolean> {
  try {
    const answer = await requestLoopback({
      url,
      caFile,
      clientCertificate,
      tokenFile,
      timeoutMs: probeTimeoutMs,
    });
    return answer.status === 200 && (expect === undefined || meets[expect](answer.body));
  } catch {
    return false;
  }
}

const meets = {
  established: isEstablished,
  items: (body: string): boolean => ((JSON.parse(body) as { items?: unknown[] }).items ?? []).length > 0,
};

function isEstablished(body: string): boolean {
  const { status } = JSON.parse(body) as { status?: { conditions?: { type: string; status: string }[] } };
  return status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}
