/**
 * The one error class of every room. Tests and callers look at `code`; people read `message`.
 * This file imports nothing, and is the only file of the contract that devices and models may import.
 */
export const errorCodes = [
  // link and board
  'PORT_NOT_FOUND',
  'PORT_PERMISSION',
  'PORT_BUSY',
  'PORT_FAILED',
  'PORT_LOST',
  'PORT_OTHER',
  'BOARD_SILENT',
  'BOARD_GARBAGE',
  'BOARD_REFUSED',
  'BOARD_BAD_REPLY',
  'BOARD_FIRMWARE',
  'BOARD_DUPLICATE',
  'BOARD_NOT_FOUND',
  'BOARD_FULL',
  'GROUP_NOT_FOUND',
  'VISIT_NOT_FOUND',
  'ROLLOUT_NOT_FOUND',
  'ROLLOUT_STATE',
  'FRAME_TOO_LARGE',
  'EMULATOR_MISSING',
  // experts and images
  'IMAGE_BAD',
  'IMAGE_HASH',
  'ENCODER_UNFIT',
  'ENCODER_MISSING',
  'EXPERT_NOT_FOUND',
  'BANK_IN_USE',
  'BANK_EXISTS',
  'NO_EXPERT_ACTIVE',
  'TRAINING_FAILED',
  'MODEL_UNFIT',
  'MODEL_EXISTS',
  'MODEL_IN_USE',
  // keys
  'KEY_NOT_FOUND',
  'KEY_STORE',
  'KEY_IN_USE',
  'KEY_FILE',
  'KEY_PASSPHRASE',
  // recordings
  'FILE_NOT_FOUND',
  'FILE_EMPTY',
  'FILE_NOT_AUDIO',
  'FILE_UNSUPPORTED',
  'FILE_DAMAGED',
  'FILE_TOO_SHORT',
  'FILE_TOO_LARGE',
  'FILE_UNREADABLE',
  'FILE_EXISTS',
  'FILE_PROTECTED',
  'FILE_UNWRITABLE',
  'PATH_NOT_ALLOWED',
  'FOLDER_EMPTY',
  'FOLDER_GONE',
  // lab
  'LAB_ABSENT',
  'DATA_MOVED',
  'STORE_LOCKED',
  'STORE_FAILED',
  'STORE_FULL',
  'STORE_TOO_NEW',
  'STORE_DAMAGED',
  'JOB_NOT_FOUND',
  'JOB_STATE',
  'REQUEST_INVALID',
  'REQUEST_UNKNOWN',
  'NOT_CAPABLE',
  'NOT_AUTHORIZED',
  'NOT_PERMITTED',
  'PASSWORD_NEEDED',
  'CONNECTION_LOST',
  'ABORTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export class CurlewError extends Error {
  override readonly name = 'CurlewError';

  /**
   * @param code what went wrong, for programs
   * @param message one sentence for a person: what was wrong, where, and what to do
   * @param context facts a log should keep (paths, offsets, raw codes); plain JSON values
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly context: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Maps anything thrown to a CurlewError; an abort becomes ABORTED, the unknown INTERNAL. */
export function toCurlewError(thrown: unknown): CurlewError {
  if (thrown instanceof CurlewError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new CurlewError('ABORTED', 'The operation was cancelled.', {}, { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CurlewError('INTERNAL', `Something unexpected failed: ${message}`, {}, { cause: thrown });
}
