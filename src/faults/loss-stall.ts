// How long losses in a row hold a segment up: each of its transmissions waits twice as long as the one before.
import type { Loss } from './link-profile.ts';

/** The share of segments that may take longer than the bounds of a link say: one in ten thousand. */
export const rareness = 1e-4;

/**
 * The timeouts of as many losses in a row as happen to more than one segment in ten thousand.
 * @param timeoutMs how long the sender waits before the nth retransmission, from 0
 */
export function lossStallMs(loss: Loss, timeoutMs: (n: number) => number): number {
  const chain = lossChain(loss);
  let stallMs = 0;
  for (let n = 0; n < mostTries && chain.share() > rareness; n++) {
    stallMs += timeoutMs(n);
    chain.again(timeoutMs(n));
  }
  return stallMs;
}

/** Linux gives up after so many retransmissions (tcp_retries2). */
const mostTries = 15;

/** The share of segments that are lost again and again. */
interface LossChain {
  share(): number;
  /** Each is sent once more, so long after the last time. */
  again(afterMs: number): void;
}

function lossChain(loss: Loss): LossChain {
  if (loss.model === 'gilbert-elliott') return spellChain(loss);
  const onceOnly = loss.model === 'nth' || loss.model === 'script';
  const lost = loss.model === 'bernoulli' ? loss.lossPct / 100 : onceOnly ? 1 : 0;
  let share = lost;
  return {
    share: () => share,
    // What is counted out is lost at its first sending only.
    again: () => (share *= onceOnly ? 0 : lost),
  };
}

/** Two states in turn: what was lost in a bad spell is sent again in the same one, the likelier the sooner. */
function spellChain(loss: Extract<Loss, { model: 'gilbert-elliott' }>): LossChain {
  const [lostGood, lostBad] = [loss.lossGoodPct / 100, loss.lossBadPct / 100];
  const [toBad, toGood] = [1 / loss.meanGoodS, 1 / loss.meanBadS];
  const inBad = toBad / (toBad + toGood);
  let good = (1 - inBad) * lostGood;
  let bad = inBad * lostBad;
  return {
    share: () => good + bad,
    again(afterMs) {
      const all = good + bad;
      // What of the difference from the long run is left after that time.
      const left = Math.exp((-(toBad + toGood) * afterMs) / 1000);
      const stillBad = all * inBad + (bad - all * inBad) * left;
      [good, bad] = [(all - stillBad) * lostGood, stillBad * lostBad];
    },
  };
}
