/** A port that was asked for belongs to somebody else. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  constructor(port: number, option = '--port') {
    super(`port ${port} is taken by another program: choose a free one with ${option} N, or stop that program`);
    this.port = port;
  }
}

/** Another embedded cloud works on the same state folder. */
export class StateInUseError extends Error {
  override readonly name = 'StateInUseError';
  readonly processId: number;

  constructor(processId: number) {
    super(
      `another embedded cloud (process ${processId}) uses this state folder: ` +
        'stop it, or give this one a folder of its own with --state FOLDER',
    );
    this.processId = processId;
  }
}

/** The emulator did not come up, or broke down. */
export class EmulatorFailedError extends Error {
  override readonly name = 'EmulatorFailedError';
}
