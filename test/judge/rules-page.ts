// The text of docs/rules.md, made from the rules themselves.
import { defaultParameters } from '../../src/judge/rule.ts';
import type { Rule, RuleParameters } from '../../src/judge/rule.ts';
import { statement } from '../../src/spec/catalogue.ts';

const meaning: Readonly<Record<keyof RuleParameters, string>> = {
  responseTimeoutMs: 'How long an answer may take before its absence is judged; a later answer is `warn`.',
  closeTimeoutMs: 'How long a close that the standard demands may take; a later close is `warn`.',
  effectTimeoutMs:
    'How long an effect without an answer, such as a will, may take before `warn`; five times this is `fail`, and twice this behind a later will where the server ended the connection itself.',
  quietMs: 'Quiet window behind a sentinel: what has not come by then, did not come.',
  keepAliveWarnMs: 'A keep alive enforced later than 1.5 K plus this is `warn`.',
  keepAliveFailMs: 'A connection still open at 1.5 K plus this is `fail`.',
  redeliveryWarnMs:
    'What a resumed session has to send again is `warn` when it comes later than this: the standard names no time.',
  redeliveryFailMs: 'What has not been sent again after this, on a connection that stayed open, is `fail`.',
};

const introduction = `# The rules

A rule is a pure reducer over the journal. It says which statements it judges and whose conduct: a rule that judges the server looks from the tap nearest to the server, one that judges the client from the tap nearest to the client; on an edge without a link both are the same. A connection rule needs one connection's packets. A routing rule needs every party of a server, and stays silent without them.

What holds for all of them:

- An answer that never comes fails only when the connection stayed open for the time below and the judged party gave a sign of life between the request and the end of the connection, on this connection or another. What it says later counts for nothing: a server that was frozen wakes up and answers whoever is still there. A party that gives no sign is \`inconclusive\`. A connection that ended earlier judges nothing, and neither does what was open when a broker was stopped, killed, or died.
- From a taint on (something illegal was sent on purpose, or the peer broke the standard) a connection rule is over, except where it says otherwise.
- From a gap or a cap on, a connection is judged no more: what is missing may be ours.
- A rule that throws makes its statements \`inconclusive\`, never \`pass\`.
- A check's own clients are not judged by rules for clients.
- On the tap nobody knows the clients: each connection is a party of its own, judged when it ends, and verdicts are gathered by client id.
- In a fleet each process judges its own connections by connection rules, and is told from the others when the server gave signs of life; routing rules run over what all processes saw, in order of time. The journal then holds the findings, and of their connections 2 s before and after: what was longer ago than a process keeps (8 MiB of packets) is not shown. Verdicts on clients are gathered by population.

This page is made from the rules; \`npx vitest run test/judge/rules-page.test.ts -u\` writes it anew.`;

/** The whole page. */
export function rulesPage(rules: readonly Rule[]): string {
  const parameters = Object.entries(defaultParameters).map(
    ([name, value]) => `- \`${name}\`: ${value}. ${meaning[name as keyof RuleParameters]}`,
  );
  const sections = (['server', 'client'] as const).flatMap((judges) => [
    `## Rules that judge the ${judges}`,
    ...rules.filter((it) => it.judges === judges).map(ruleSection),
  ]);
  return `${[introduction, '## Parameters', parameters.join('\n'), ...sections].join('\n\n')}\n`;
}

function ruleSection(rule: Rule): string {
  const view = rule.scope === 'connection' ? 'Connection rule' : 'Routing rule';
  const goesOn = rule.evenWhenTainted === true ? ', also after a taint' : '';
  const statements = rule.statements.map((id) => `- \`${id}\`: ${statement(id).summary}`);
  const head = [`### ${rule.id}`, rule.title];
  if (statements.length === 0)
    return [...head, `${view}${goesOn}. No statement is behind it: it remarks.`].join('\n\n');
  return [...head, `${view}${goesOn}. Statements:`, statements.join('\n')].join('\n\n');
}
