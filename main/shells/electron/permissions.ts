/** The page may ask for the microphone, sound only, and tell of alerts on the desktop. Everything else is denied. */
import type { MediaAccessPermissionRequest, PermissionCheckHandlerHandlerDetails } from 'electron';
import { isOurs } from './address.ts';
import type { ElectronApi } from './api.ts';

/** Whether a request (a prompt, in a browser) is granted. */
export function mayUse(permission: string, details: MediaAccessPermissionRequest): boolean {
  const { mediaTypes = [] } = details;
  const hears =
    permission === 'media' && mediaTypes.length > 0 && mediaTypes.every((type) => type === 'audio');
  return (
    (hears || permission === 'notifications') &&
    details.isMainFrame &&
    isOurs(details.requestingUrl) &&
    (details.securityOrigin === undefined || isOurs(details.securityOrigin))
  );
}

/** Whether a check (`permissions.query`, device labels) says yes. */
export function isAllowed(
  permission: string,
  requestingOrigin: string,
  details: PermissionCheckHandlerHandlerDetails,
): boolean {
  const hears = permission === 'media' && details.mediaType === 'audio';
  return (hears || permission === 'notifications') && details.isMainFrame && isOurs(requestingOrigin);
}

export function limitPermissions(
  { session, systemPreferences }: Pick<ElectronApi, 'session' | 'systemPreferences'>,
  platform: NodeJS.Platform,
): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, callback, details) => {
    if (!mayUse(permission, details as MediaAccessPermissionRequest)) return callback(false);
    if (platform !== 'darwin' || permission !== 'media') return callback(true);
    // macOS asks the person itself, and only when told to.
    systemPreferences.askForMediaAccess('microphone').then(callback, () => callback(false));
  });
  defaultSession.setPermissionCheckHandler((_contents, permission, origin, details) =>
    isAllowed(permission, origin, details),
  );
  // Boards are reached by the lab, never by the page.
  defaultSession.setDevicePermissionHandler(() => false);
}
