/** What a device under test prints, line by line, however its bytes are split and whatever ends its lines. */

/** The longest that the benchmark’s firmware prints are some hundreds of letters. */
const mostLetters = 8192;

export class Lines {
  private held = '';
  /** Bytes so far that no text is made of. */
  strange = 0;
  /** Bytes so far. */
  total = 0;

  /** @param take is called with each line that is not empty, without what ends it */
  constructor(private readonly take: (line: string) => void) {}

  feed(bytes: Uint8Array): void {
    this.total += bytes.length;
    for (const byte of bytes) {
      // CRLF as the firmware has it; ports of it print one of the two alone.
      if (byte === 0x0d || byte === 0x0a) this.end();
      else {
        if (byte < 0x20 || byte > 0x7e) this.strange++;
        if (this.held.length < mostLetters) this.held += String.fromCharCode(byte);
      }
    }
  }

  /** What has come of a line that has not ended. */
  get begun(): string {
    return this.held;
  }

  forget(): void {
    this.held = '';
    this.strange = this.total = 0;
  }

  private end(): void {
    const line = this.held.trim();
    this.held = '';
    if (line !== '') this.take(line);
  }
}
