// What a person can do about an agent that cannot run: the one command, found in what was said.
import type { AgentView, Problem } from './protocol.gen';

/** A command in backquotes, else what stands behind the last colon of an advice. */
export function commandIn(advice: string | undefined | null): string {
  if (!advice) return '';
  const quoted = /`([^`]+)`/.exec(advice)?.[1];
  if (quoted) return quoted;
  const after = /:\s+([^:\n]*[^:\n.\s])\.?$/.exec(advice.trim())?.[1] ?? '';
  return /^[\w./~@-]+( |$)/.test(after) ? after : '';
}

/** The command that a problem is overcome with, if it is one of that kind. */
export function commandOf(problem: Problem, agent: AgentView | undefined): string {
  const install = problem.action === 'install' || problem.code === 'agent-outdated';
  if (install) return commandIn(problem.hint) || (agent?.install ?? '');
  if (problem.action === 'login' || problem.code === 'login') return commandIn(problem.hint);
  return /`([^`]+)`/.exec(problem.hint ?? '')?.[1] ?? '';
}

export type Readiness = 'ready' | 'missing' | 'outdated' | 'login' | 'unready';

/** Why an agent cannot be chosen, as one of the few things a person can do something about. */
export function readiness(agent: AgentView): Readiness {
  if (agent.ready) return 'ready';
  if (agent.installed === false) return 'missing';
  const why = agent.reason ?? '';
  if (/too old/i.test(why)) return 'outdated';
  if (/log(ged)?[ -]?in|login|sign(ed)? in|api key|credential/i.test(why)) return 'login';
  return 'unready';
}

/** The command that makes an agent ready, if one is known. */
export function readyCommand(agent: AgentView): string {
  const state = readiness(agent);
  if (state === 'missing' || state === 'outdated') return agent.install ?? commandIn(agent.reason);
  return state === 'login' ? commandIn(agent.reason) : '';
}

/** An advice without the command at its end, for where the command stands beside it in a box of its own. */
export function without(advice: string | null | undefined, command: string): string {
  const said = (advice ?? '').trimEnd();
  if (!command) return said;
  const at = said.lastIndexOf(command);
  return at >= 0 && /^`?\.?$/.test(said.slice(at + command.length)) ? said.slice(0, at).replace(/[`\s]+$/, '') : said;
}
