import type { ExpertStore, Slot } from '../../../main/contract/types.ts';

/** What a slot is to the board; active before previous, since an expert may serve in both banks. */
export function roleOf(slot: Slot): 'active' | 'previous' | 'idle' | 'partial' {
  if (slot.active) return 'active';
  if (slot.previous) return 'previous';
  return slot.state === 'partial' ? 'partial' : 'idle';
}

/** A word to the person about the active bank, where it needs one. */
export const trialNotes: Record<ExpertStore['trial'], string | null> = {
  none: null,
  trial:
    'On trial: the board goes back to the previous bank by itself should it restart before three inferences.',
  fell_back:
    'Fell back: the bank activated last did not stand its trial, so the board runs the one before it again.',
};
