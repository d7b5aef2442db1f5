/** The command line's words: one list of commands and options, from which help is printed. */
import { parseArgs } from 'node:util';
import { CurlewError } from '../../contract/error.ts';
import { defaultDataFolder } from '../../data-folder.ts';

export const help = `curlew: the lab on the command line

  curlew boards                     boards that are attached, and ports
  curlew deploy [--expert ID]       upload, verify and activate an expert, or a router with its experts
  curlew infer FILE                 play a recording at the board
  curlew telemetry                  latency and energy that the board reported
  curlew classify FOLDER|FILE...    classify recordings with an expert
  curlew experts                    experts, routers and encoders of all banks
  curlew experts delete BANK        deletes a bank that was trained here
  curlew train FOLDER --name NAME   train a bank on labelled recordings
  curlew evaluate FOLDER            train without each fold, test with it, write a report
  curlew encoder FILE.onnx          take an encoder of your own (--name, --recordings)
  curlew jobs [resume ID]           what is under way, or was when a lab ended
  curlew board                      what the board's store holds
  curlew board settings [NAME=VALUE...]   shows or changes its settings
  curlew board key [ID|none]        shows, sets or removes the key its images must be signed with
  curlew board rollback             back to the bank that ran before
  curlew board confirm              ends the trial of the active bank
  curlew board erase SLOT           frees a slot
  curlew key create NAME            a new key to sign experts with
  curlew key list                   the lab's keys, and where they lie
  curlew key export ID              the public half, as PEM
  curlew key delete ID              for good
  curlew backup FILE                a copy of the lab's store, while it runs or not
  curlew restore FILE               the store as that copy holds it; the one so far is set aside
  curlew serve [--port N] [--host A] [--open]   the lab in a browser
  curlew demo                       the whole main job, ending with a table

Options
  --json           one JSON document on standard output, nothing else
  --board ID       which board; the only attached one otherwise
  --port PATH      (boards, deploy, infer, telemetry) attach the board at this port first
  --baud N         bits a second of that port (921600)
  --emulated NAME  (boards, deploy, infer, telemetry) start an emulated board first:
                   mps2-an385, mps2-an386, mps2-an500 or mps3-an547
  --expert ID      which expert of the bank; its first otherwise
  --image FILE     (deploy) an image of your own; several times for a router and its experts
  --sign KEY       (deploy) sign with this key, for a board that is to be given it
  --protect        (board key) from now on no image older than one that ran
  --name NAME      (train, encoder) of the new bank: a to z, 0 to 9 and hyphens
  --layout NAME    (train, evaluate) esc50, urbansound8k, abgqi, folders or table; told by itself otherwise
  --variant NAME   (train, evaluate) all, esc10 or groups, of ESC-50
  --bank A,B,…     (train, evaluate) kinds of experts, in the router's order (ternary,q2,q4,q8,q16)
  --others A,B,…   (evaluate) kinds to compare beside them (q1, popcount, ptq-mse, float, …; empty for none)
  --encoder ID     (train, evaluate) an encoder's id, auto or statistics
  --augment A,B,…  (train, evaluate) gain, shift, noise, pink-noise, masks, mixup,
                   between-class (gain,shift,noise)
  --hidden A,B     (train, evaluate) widths of the experts' hidden layers (640,320)
  --epochs N       (train, evaluate) at most (100)
  --topk N         (train, evaluate) experts that answer together (1)
  --passes N       (train, evaluate) of the router's dropout; 0: a plain router (10)
  --seed N         (train, evaluate) of everything drawn (1)
  --heldout FOLD   (train) leave this fold out, for the figures
  --on BOARD       (evaluate) none, virtual, an emulated machine, or an attached board's id
  --grid N         (evaluate) grams of CO2 a kWh (250)
  --out FOLDER     (evaluate) where to write the report and its tables
  --recordings DIR (encoder) recordings to calibrate it with
  --raven FILE     (classify) write a Raven selection table
  --csv FILE       (classify) write the detections as CSV
  --data FOLDER    where the lab keeps its store (${defaultDataFolder({})})
  --help
`;

export interface Args {
  command: string;
  words: string[];
  json: boolean;
  dataFolder: string;
  options: {
    board?: string;
    port?: string;
    host?: string;
    baud?: string;
    emulated?: string;
    expert?: string;
    image?: string[];
    protect?: boolean;
    sign?: string;
    name?: string;
    layout?: string;
    variant?: string;
    bank?: string;
    others?: string;
    encoder?: string;
    augment?: string;
    hidden?: string;
    epochs?: string;
    seed?: string;
    topk?: string;
    passes?: string;
    heldout?: string;
    on?: string;
    grid?: string;
    out?: string;
    recordings?: string;
    raven?: string;
    csv?: string;
    open?: boolean;
    help?: boolean;
  };
}

/** @throws CurlewError REQUEST_INVALID */
export function readArgs(argv: string[]): Args {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        board: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        baud: { type: 'string' },
        emulated: { type: 'string' },
        expert: { type: 'string' },
        image: { type: 'string', multiple: true },
        protect: { type: 'boolean' },
        sign: { type: 'string' },
        name: { type: 'string' },
        layout: { type: 'string' },
        variant: { type: 'string' },
        bank: { type: 'string' },
        others: { type: 'string' },
        encoder: { type: 'string' },
        augment: { type: 'string' },
        hidden: { type: 'string' },
        epochs: { type: 'string' },
        seed: { type: 'string' },
        topk: { type: 'string' },
        passes: { type: 'string' },
        heldout: { type: 'string' },
        on: { type: 'string' },
        grid: { type: 'string' },
        out: { type: 'string' },
        recordings: { type: 'string' },
        raven: { type: 'string' },
        csv: { type: 'string' },
        data: { type: 'string' },
        open: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    const { json, data, ...options } = values;
    const [command = '', ...words] = positionals;
    return { command, words, json: json ?? false, dataFolder: data ?? defaultDataFolder(), options };
  } catch (thrown) {
    throw new CurlewError('REQUEST_INVALID', `${(thrown as Error).message} See “curlew --help”.`);
  }
}

/** @throws CurlewError REQUEST_INVALID when it is no whole number in the range */
export function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${option} takes a whole number from ${min} to ${max}, not “${text}”.`,
  );
}
