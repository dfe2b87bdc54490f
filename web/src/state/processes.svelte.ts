import { readLimits, sorted, type PoolLimits, type ProcessInfo } from '../core/processes';
import { conn } from './conn.svelte';

/** The agent processes that are up, as the list's socket tells it; memory is asked for while somebody looks. */
class Processes {
  private all = $state.raw<ProcessInfo[]>([]);
  limits = $state.raw<PoolLimits | null>(null);
  loaded = $state(false);
  readonly list = $derived(sorted(this.all));
  /** Of all together, in bytes; 0 when it is not known. */
  readonly memory = $derived(this.all.reduce((sum, one) => sum + one.memory, 0));

  /** The whole, after every connect. */
  welcome(processes: ProcessInfo[] | undefined, limits: unknown): void {
    if (processes) {
      this.all = processes;
      this.loaded = true;
    }
    this.limits = readLimits(limits) ?? this.limits;
  }

  /** One as it is now; null when it has gone. */
  changed(id: string, process: ProcessInfo | null): void {
    const known = this.all.some((one) => one.id === id);
    if (!process) this.all = this.all.filter((one) => one.id !== id);
    else this.all = known ? this.all.map((one) => (one.id === id ? process : one)) : [...this.all, process];
  }

  /** Asks for the whole: what grows all the time, memory, is not told of by itself. */
  async refresh(): Promise<void> {
    this.all = await conn.api.call<ProcessInfo[]>('/api/processes');
    this.loaded = true;
  }

  async act(process: ProcessInfo, what: 'pin' | 'unpin' | 'stop'): Promise<void> {
    const answer = await conn.api.call<ProcessInfo | undefined>(`/api/processes/${process.id}/${what}`, { method: 'POST' });
    if (what !== 'stop') this.changed(process.id, answer?.id === process.id ? answer : { ...process, pinned: what === 'pin' });
  }
}

export const processes = new Processes();
