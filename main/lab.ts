/** The composition root: opens the store, the fleet, the bank, the jobs, and answers the contract. No Electron. */
import { join } from 'node:path';
import { listSerialPorts } from '../devices/drivers/list-serial-ports.ts';
import { serialPort } from '../devices/drivers/serial-port.ts';
import { realClock } from '../devices/protocol/clock.ts';
import { openBackground } from './background/background.ts';
import { Banks } from './banks/banks.ts';
import { bankHandlers } from './banks/handlers.ts';
import { toCurlewError, type CurlewError } from './contract/error.ts';
import type { Emit } from './contract/events.ts';
import { takeFaults, tellAll, type Fault } from './contract/fault.ts';
import type { Asker, Role } from './contract/roles.ts';
import type { NamedRecord } from './contract/types.ts';
import type { EventMessage, ReplyMessage } from './contract/wire.ts';
import { makeDataFolder } from './data-folder.ts';
import { folderAt, Folders, usualFolders } from './data/folders.ts';
import { dataHandlers } from './data/handlers.ts';
import { dataSetHandlers } from './datasets/handlers.ts';
import { Detections } from './detections/detections.ts';
import { detectionHandlers } from './detections/handlers.ts';
import { dispatch, type Handlers } from './dispatch.ts';
import { faultLog } from './fault-log.ts';
import { Alerts } from './fleet/alerts/alerts.ts';
import { FirstToday } from './fleet/alerts/first-today.ts';
import { alertHandlers } from './fleet/alerts/handlers.ts';
import { messagesOf } from './fleet/alerts/message.ts';
import { Readings } from './fleet/alerts/readings.ts';
import { Restarts } from './fleet/alerts/restarts.ts';
import { Rules } from './fleet/alerts/rules.ts';
import { Webhook } from './fleet/alerts/webhook.ts';
import { attachAgain } from './fleet/attach-again.ts';
import { AutomaticVisits } from './fleet/automatic-visits.ts';
import { BoardLog } from './fleet/board-log.ts';
import { Details } from './fleet/details/details.ts';
import { borrowBoard, requireLendable } from './fleet/borrow-board.ts';
import { emulatedBoards } from './fleet/emulated-boards.ts';
import { Fleet } from './fleet/fleet.ts';
import { batteryHandlers } from './fleet/handlers/battery.ts';
import type { Session } from './fleet/session.ts';
import { boardHandlers } from './fleet/handlers/boards.ts';
import { Drift } from './fleet/drift/drift.ts';
import { driftHandlers } from './fleet/handlers/drift.ts';
import { detailsHandlers } from './fleet/handlers/details.ts';
import { imageHandlers } from './fleet/handlers/images.ts';
import { clockHandlers } from './fleet/handlers/clocks.ts';
import { microphoneHandlers } from './fleet/handlers/microphones.ts';
import { overviewHandlers } from './fleet/handlers/overview.ts';
import { rolloutHandlers } from './fleet/handlers/rollout.ts';
import { updateHandlers } from './fleet/handlers/update.ts';
import { visitHandlers } from './fleet/handlers/visits.ts';
import { playHandlers } from './fleet/handlers/plays.ts';
import { seriesHandlers } from './fleet/handlers/series.ts';
import { telemetryHandlers } from './fleet/handlers/telemetry.ts';
import { captureLeavings, deployLeavings, exportLeavings, playLeavings } from './fleet/job-leavings.ts';
import { Microphones } from './fleet/microphone/microphones.ts';
import { notedDeploy } from './fleet/noted-deploy.ts';
import { Updates, usualBounds } from './fleet/update/updates.ts';
import { probes } from './fleet/rollout/probe.ts';
import { Rollouts } from './fleet/rollout/rollouts.ts';
import { Watch } from './fleet/rollout/watch.ts';
import { Playing } from './fleet/plays/playing.ts';
import { portDirectory } from './fleet/port-directory.ts';
import { RecordTeller } from './fleet/record-teller.ts';
import { virtualBoards } from './fleet/virtual/virtual-boards.ts';
import { Captures } from './instruments/captures.ts';
import { instrumentHandlers } from './instruments/handlers.ts';
import { kitPorts } from './instruments/kits.ts';
import { smpHandlers } from './instruments/smp/handlers.ts';
import { smpLeavings } from './instruments/smp/upload-job.ts';
import { Classification } from './jobs/classify/classification.ts';
import { classifyHandlers } from './jobs/classify/handlers.ts';
import { jobHandlers } from './jobs/handlers.ts';
import { Jobs } from './jobs/jobs.ts';
import { studyHandlers } from './jobs/study/handlers.ts';
import { Comparisons } from './jobs/compare/comparisons.ts';
import { compareHandlers } from './jobs/compare/handlers.ts';
import { Studies } from './jobs/study/studies.ts';
import { keyHandlers } from './keys/handlers.ts';
import { openKeys } from './keys/keys.ts';
import { TinyBenchmarks } from './mlperf-tiny/benchmarks.ts';
import { tinyHandlers } from './mlperf-tiny/handlers.ts';
import { KitMeter } from './mlperf-tiny/kit-meter.ts';
import { TinyRecords } from './mlperf-tiny/records.ts';
import { benchmarkLengths } from './mlperf-tiny/timing.ts';
import { createLog } from './log.ts';
import { labelledSetHandlers } from './labelled-sets/handlers.ts';
import { ownModelHandlers } from './own-models/handlers.ts';
import { OwnModels } from './own-models/own-models.ts';
import { publishHandlers } from './publish/handlers.ts';
import { Mqtt } from './publish/mqtt/mqtt.ts';
import type { ServedPlace } from './publish/scrape-itself.ts';
import { AllowedPaths } from './recordings/allowed-paths.ts';
import { recordingHandlers } from './recordings/handlers.ts';
import { reviewHandlers } from './review/handlers.ts';
import { Reviews } from './review/reviews.ts';
import { commitOf, resources, versionOf } from './resources.ts';
import { detectionStore } from './store/detections/detection-store.ts';
import { alertStore } from './store/alert-store.ts';
import { boardHealth } from './store/board-health.ts';
import { batteryStore } from './store/battery-store.ts';
import { boardLogStore } from './store/board-log-store.ts';
import { boardStore } from './store/board-store.ts';
import { clockSetting } from './store/clock-setting.ts';
import { detailsStore } from './store/details-store.ts';
import { compareStore } from './store/compare-store.ts';
import { playStore } from './store/play-store.ts';
import { jobStore } from './store/job-store.ts';
import { storeHandlers } from './store/handlers.ts';
import { knownImages } from './store/known-images.ts';
import { openStore } from './store/open-store.ts';
import { KeepRolled } from './store/rollups/keep-rolled.ts';
import { probeStore } from './store/probe-store.ts';
import { rolloutStore } from './store/rollout-store.ts';
import { resultStore } from './store/result-store.ts';
import { restartStore } from './store/restart-store.ts';
import { reviewStore } from './store/review-store.ts';
import { signedImages } from './store/signed-images.ts';
import { telemetryStore } from './store/telemetry-store.ts';
import { visitSetting } from './store/visit-setting.ts';
import { uncertainStore } from './store/uncertain-store.ts';
import { visitStore } from './store/visit-store.ts';
import { uncertainHandlers } from './uncertain/handlers.ts';
import { pullUncertain } from './uncertain/pull.ts';
import { Uncertain } from './uncertain/uncertain.ts';

export interface LabOptions {
  dataFolder: string;
  /** Which shell it runs in, for a person: `electron`, `web`, `cli`. */
  shell: string;
  /** Folders whose recordings may be opened; the person's home and removable media otherwise. */
  roots?: string[];
  /** Absolute; opened beside those as long as the lab runs. */
  folders?: readonly string[];
}

export interface Lab {
  /** Any message of the contract, from whom the shell knows it to come; never rejects. */
  handle(message: unknown, role: Role, by?: Asker): Promise<ReplyMessage>;
  subscribe(listener: (event: EventMessage) => void): () => void;
  /** A path that the person chose in a dialog of the shell: it may be opened from now on. */
  allow(path: string): void;
  /** The shell serves it there from now on. */
  servedAt(place: ServedPlace): void;
  /** Never rejects; what cannot be closed in good order is told of. */
  close(): Promise<void>;
}

const openLabs = new Set<Lab>();

/** Closes every lab of this process; never rejects. */
export async function closeLabs(): Promise<void> {
  await Promise.all([...openLabs].map((lab) => lab.close()));
}

/** @throws CurlewError STORE_LOCKED, STORE_TOO_NEW, STORE_FAILED, FILE_UNREADABLE, FILE_NOT_FOUND */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { dataFolder, shell } = options;
  const openedMs = Date.now();
  const named = await Promise.all((options.folders ?? []).map((path) => folderAt(path)));
  await makeDataFolder(dataFolder);
  const listeners = new Set<(event: EventMessage) => void>();
  let served: ServedPlace | null = null;
  const emit: Emit = (event, payload) => void tellAll(listeners, null, { type: 'event', event, payload });
  const log = createLog((line) => emit('log', line));
  const version = versionOf(resources.root);
  const faults = faultLog(dataFolder, version);
  let telling = false;
  const tellFault = (fault: Fault): void => {
    const sentence = faults.write(fault);
    // Who is told may fail at that very thing: this is written, and told to nobody.
    if (sentence === null || telling) return;
    telling = true;
    log.add('error', fault.where, sentence);
    emit('fault', { text: sentence, ending: fault.ending });
    telling = false;
  };
  /** What failed beside a request: the unforeseen with its stack, all else in a line. */
  const tellProblem = (error: CurlewError, where: string | null): void => {
    if (error.code === 'INTERNAL') tellFault({ thrown: error, where, ending: false });
    else log.add('error', where, error.message);
  };
  const store = await openStore(join(dataFolder, 'lab.duckdb'), (text) => log.add('error', null, text));
  const leaveFaults = takeFaults(tellFault);
  for (const loss of store.losses) log.add('error', null, loss);
  const telemetry = telemetryStore(store);
  const rolled = new KeepRolled(store, {
    ...{ clock: realClock, wallMs: Date.now },
    onProblem: (thrown) => tellProblem(toCurlewError(thrown), null),
  });
  const boards = boardStore(store);
  const signed = await signedImages(store);
  const images = await knownImages(store);
  const files = new AllowedPaths([...(options.roots ?? usualFolders()), ...named]);
  const folders = await Folders.open(
    dataFolder,
    (added) => {
      files.setAdded(added);
      emit('folders', null);
    },
    named,
  );
  const background = openBackground({ permits: (real) => files.permits(real) });
  const bank = await Banks.open(resources.bank, join(dataFolder, 'banks'), (error) =>
    tellProblem(error, null),
  );
  await bank.removeUnfinished();
  bank.onChange(() => emit('banks', null));
  await images.keep(bank.known);
  const jobs = await Jobs.open(jobStore(store), tellProblem);
  jobs.onChange((job) => emit('job', job));
  jobs.onGone((jobId) => emit('jobGone', { jobId }));
  jobs.keeps('deploy', deployLeavings);
  jobs.keeps('update', deployLeavings);
  jobs.keeps('rollout', deployLeavings);
  jobs.keeps('export', exportLeavings);
  jobs.keeps('capture', captureLeavings);
  jobs.keeps('smp', smpLeavings);
  const captures = await Captures.open(join(dataFolder, 'captures'), {
    recover: (folder) => background.run('recoverCapture', folder),
    changed: (capture) => (capture ? emit('capture', capture) : emit('captures', null)),
    onProblem: (thrown, captureId) => tellProblem(toCurlewError(thrown), captureId),
  });
  const benchmarkRecords = new TinyRecords(join(dataFolder, 'benchmarks'));
  jobs.keeps('tiny', benchmarkRecords);
  const devicePort = (path: string, baudRate: number) => serialPort(path, { baudRate });
  const tinyBenchmarks = new TinyBenchmarks(jobs, {
    ...{ lengths: benchmarkLengths, portAt: devicePort, background, clock: realClock, wallMs: Date.now },
    keep: (record) => benchmarkRecords.write(record),
    meterOf: async ({ portId, ...wish }) =>
      new KitMeter(
        { captures, background, clock: realClock },
        { ...wish, ports: await kitPorts(portId, listSerialPorts) },
      ),
  });
  const plays = playStore(store);
  jobs.keeps('play', playLeavings(plays));
  const found = detectionStore(store);
  const reviewed = reviewStore(store);
  const { applied } = reviewed;
  const [clip] = bank.clips;
  const tryingClip = { path: bank.clipPath(clip!.id), label: clip!.label };
  const ownModels = await OwnModels.open(join(dataFolder, 'own-models'), {
    clip: tryingClip,
    unfinished: () => jobs.unfinished(),
    onProblem: (error) => tellProblem(error, null),
  });
  ownModels.onChange(() => emit('models', null));
  const classification = new Classification({
    ...{ jobs, results: resultStore(store), bank, models: ownModels, files, provenance: found.provenance },
    program: { version, commit: commitOf(resources.root) },
  });
  const virtual = virtualBoards(join(dataFolder, 'boards'), resources.virtualBoard, (portId, error) =>
    tellProblem(error, portId),
  );
  const emulated = emulatedBoards(join(dataFolder, 'boards'), (portId, error) => tellProblem(error, portId));
  const ports = portDirectory();
  const boardLog = await BoardLog.open(boardLogStore(store), {
    emit,
    log: log.add,
    clock: realClock,
    wallMs: Date.now,
  });
  const clocks = await clockSetting(store);
  const recordListeners = new Set<(boardId: string, records: NamedRecord[]) => void>();
  const recordTeller = new RecordTeller(realClock, (told) => emit('telemetry', told));
  recordListeners.add((boardId, records) => recordTeller.stored(boardId, records));
  const fleet = new Fleet(ports, {
    telemetry,
    boards,
    boardLog,
    signedImages: signed,
    images,
    versions: bank.versions,
    emit,
    stored: (boardId, records) => void tellAll(recordListeners, boardId, boardId, records),
    log: log.add,
    clocks,
    clock: realClock,
    wallMs: Date.now,
  });
  const playing = new Playing({
    ...{ fleet, jobs, files, background, emit, images, plays },
    signedImages: signed,
  });
  const details = await Details.open(detailsStore(store), {
    ...{ emit, boardLog, banks: bank },
    boards: () => fleet.boards(),
  });
  await attachAgain({ fleet, ports, boards, virtual, emulated, log: log.add });
  void fleet.watchPorts();
  const studies = new Studies({
    jobs,
    banks: bank,
    models: ownModels,
    clip: tryingClip,
    folder: join(dataFolder, 'studies'),
    version,
    wasmPath: resources.virtualBoard,
    borrowBoard: (choice, use, signal) =>
      borrowBoard(choice, { fleet, wasmPath: resources.virtualBoard }, use, signal),
    requireBoard: (choice) => requireLendable(choice, fleet),
    allowed: (real) => files.permits(real),
    onCurves: (jobId, curves) => emit('curves', { jobId, curves }),
  });

  const comparisons = new Comparisons({
    version,
    keep: [dataFolder, resources.bank],
    ...{ jobs, banks: bank, background, store: compareStore(store) },
    borrowBoard: (choice, use, signal) =>
      borrowBoard(choice, { fleet, wasmPath: resources.virtualBoard }, use, signal),
    requireBoard: (choice) => requireLendable(choice, fleet),
    allowed: (real) => files.permits(real),
  });

  const info = { version, shell, dataFolder, openedMs };
  const keys = openKeys(join(dataFolder, 'keys'));
  const visits = visitStore(store);
  const batteries = batteryStore(store);
  const uncertain = uncertainStore(store);
  const pullRooms = { uncertain, images, details, signedImages: signed, wallMs: Date.now, emit };
  const deployNoted = notedDeploy({ keys, boards, signedImages: signed, images });
  const microphones = new Microphones({ store, background, details, wallMs: Date.now });
  const visiting = {
    ...{ fleet, details, visits, microphones, deploy: deployNoted, wallMs: Date.now },
    fetchUncertain: (session: Session) => pullUncertain(session, pullRooms),
    ...{ setting: await visitSetting(store), log: log.add },
    image: (sha256: string) => bank.image(sha256),
  };
  const updates = new Updates({
    ...{ fleet, jobs, details, bounds: usualBounds, deploy: deployNoted },
    ...{ visits: new AutomaticVisits(visiting), image: visiting.image },
  });
  const rollouts = await Rollouts.open({
    ...{ fleet, jobs, details, updates, emit, bounds: usualBounds, clock: realClock, wallMs: Date.now },
    store: rolloutStore(store),
    watch: new Watch(boardHealth(store), Date.now),
    probeOf: probes({
      ...{ background, store: probeStore(store), clips: bank.clips, enginePath: resources.engine },
      clipPath: (clipId) => bank.clipPath(clipId),
      image: (sha256) => bank.image(sha256),
    }),
    labelsOf: (sha256) => images.of(sha256)?.labels ?? null,
  });
  const mqtt = await Mqtt.open({
    ...{ dataFolder, fleet, details, version, emit, clock: realClock },
    onProblem: (text) => log.add('warning', null, text),
  });
  listeners.add((message) => mqtt.heard(message));
  recordListeners.add((boardId, records) => mqtt.recorded(boardId, records));
  const drift = new Drift({ ...{ store, background, details }, wallMs: Date.now });
  const alertsKept = alertStore(store);
  const rules = await Rules.open({ store: alertsKept, details, emit });
  const webhook = await Webhook.open({
    ...{ store: alertsKept, clock: realClock, fetch, program: `Curlew ${version}` },
  });
  const alerts = await Alerts.open({
    ...{ rules, details, emit, store: alertsKept, clock: realClock, wallMs: Date.now },
    readings: new Readings({ store, drift, microphones, restarts: await Restarts.open(restartStore(store)) }),
    firstToday: new FirstToday(store),
    boards: () => fleet.boards(),
    onProblem: (thrown) => tellProblem(toCurlewError(thrown), null),
  });
  alerts.onChange((changes) => {
    webhook.tell(changes);
    for (const message of messagesOf(changes)) mqtt.alert(JSON.stringify(message));
  });
  const handlers: Handlers = {
    'lab.info': (_none, role) => ({ ...info, roots: files.roots, role, storeLosses: store.losses }),
    'lab.log': ({ limit }) => log.lines(limit),
    ...boardHandlers({
      ...{ ports, fleet, boards, boardLog, details, visits, uncertain, batteries, alerts, telemetry, emit },
      ...{ virtual, emulated, bank, keys, background },
    }),
    ...detailsHandlers(details, Date.now),
    ...imageHandlers({ fleet, bank, jobs, files, signedImages: signed, deploy: deployNoted }),
    ...updateHandlers(updates),
    ...rolloutHandlers(rollouts),
    ...visitHandlers(visiting),
    ...playHandlers({ playing, bank, files }),
    ...telemetryHandlers({
      ...{ fleet, telemetry, images, emit, store, jobs, details, files },
      keep: [dataFolder, resources.bank],
    }),
    ...seriesHandlers({ store, images }),
    ...clockHandlers(clocks),
    ...batteryHandlers({ batteries, fleet }),
    ...driftHandlers(drift),
    ...overviewHandlers({ store, rolled, wallMs: Date.now }),
    ...microphoneHandlers(microphones),
    ...alertHandlers({ alerts, rules, webhook, store: alertsKept }),
    ...bankHandlers({
      bank,
      background,
      files,
      keep: [dataFolder, resources.bank],
      version,
      users: {
        boards: () => fleet.boards(),
        lastDeployed: () => boards.lastDeployed(),
        unfinished: () => jobs.unfinished(),
      },
    }),
    ...ownModelHandlers(ownModels, files),
    ...keyHandlers(keys, fleet, boards, emit),
    ...jobHandlers(jobs),
    ...recordingHandlers(files, background),
    ...dataSetHandlers(files, background),
    ...classifyHandlers(classification, files),
    ...detectionHandlers(
      new Detections({
        ...{ jobs, background, version, applied, detections: found },
        keep: [dataFolder, resources.bank],
      }),
      files,
    ),
    ...labelledSetHandlers(
      { ...{ jobs, background, version, applied, detections: found }, keep: [dataFolder, resources.bank] },
      files,
    ),
    ...reviewHandlers(
      new Reviews({
        ...{ jobs, background, version, reviews: reviewed, wallMs: Date.now },
        provenance: (jobId) => detectionStore(store).provenance(jobId),
        keep: [dataFolder, resources.bank],
      }),
      files,
    ),
    ...uncertainHandlers(
      new Uncertain({
        ...{ uncertain, background, version, wallMs: Date.now, emit },
        keep: [dataFolder, resources.bank],
      }),
      files,
      { ...pullRooms, fleet },
    ),
    ...studyHandlers(studies, files),
    ...compareHandlers(comparisons, files),
    ...storeHandlers(store, files),
    ...publishHandlers({
      dataFolder,
      store,
      fleet,
      details,
      alerts,
      served: () => served,
      wallMs: Date.now,
      mqtt,
    }),
    ...instrumentHandlers({
      ...{ captures, jobs, files, background },
      ...{ keep: [dataFolder, resources.bank], listDevices: listSerialPorts },
    }),
    ...tinyHandlers({
      ...{ benchmarks: tinyBenchmarks, records: benchmarkRecords, jobs, files, portAt: devicePort },
    }),
    ...smpHandlers({
      ...{ jobs, files },
      boardAt(portId) {
        const board = fleet.boardAt(portId);
        return board && ['attached', 'busy', 'connecting', 'silent'].includes(board.state)
          ? board.name
          : null;
      },
    }),
    ...dataHandlers({ dataFolder, background, jobs, folders }),
  };
  log.add('info', null, `The lab is open; its data is in ${dataFolder}.`);
  const lab: Lab = {
    handle: (message, role, by) => dispatch(handlers, message, role, by, tellProblem),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    allow: (path) => files.allow(path),
    servedAt: (place) => void (served = place),
    async close() {
      const parts: (() => Promise<void> | void)[] = [
        // Before boards are let go, which is nothing that befell them.
        () => mqtt.close(),
        () => jobs.close(),
        () => ownModels.close(),
        () => alerts.close(),
        () => webhook.close(),
        () => fleet.close(),
        () => recordTeller.close(),
        () => boardLog.close(),
        () => rolled.close(),
        () => background.close(),
        () => virtual.close(),
        () => store.close(),
      ];
      for (const end of parts) {
        try {
          await end();
        } catch (thrown) {
          // The others are closed all the same, the store above all.
          tellFault({ thrown, where: null, ending: false });
        }
      }
      leaveFaults();
      listeners.clear();
      openLabs.delete(lab);
    },
  };
  openLabs.add(lab);
  return lab;
}
