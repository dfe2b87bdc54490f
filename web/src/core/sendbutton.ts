// What the one button of the composer does. A pure function of the situation, so every state has a
// test; Enter does the same, but never stops.

export type SendState = 'disabled' | 'send' | 'stop' | 'queue' | 'stopping' | 'offline' | 'update' | 'waiting-upload';

export interface Situation {
  working: boolean;
  stopping: boolean;
  empty: boolean;
  online: boolean;
  editing: boolean;
  uploading: boolean;
  agentReady: boolean;
}

export function sendState(now: Situation): SendState {
  if (now.uploading && !now.empty) return 'waiting-upload';
  if (now.empty) {
    if (now.stopping && now.working) return 'stopping';
    return now.working && now.online ? 'stop' : 'disabled';
  }
  if (now.editing) return now.online ? 'update' : 'disabled';
  if (!now.agentReady) return 'disabled';
  if (!now.online) return 'offline';
  return now.working ? 'queue' : 'send';
}
