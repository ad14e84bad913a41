/** Of `muster logs`, for the last attempt: the only one needs no number. @param number from 1 */
export const attemptOption = (number: number): string[] => (number === 1 ? [] : ["--attempt", String(number)]);
