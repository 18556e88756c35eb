/** What the keyboard of this machine calls things. */
export const isMac = /mac/i.test(navigator.platform);
