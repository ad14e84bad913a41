/** A duration in whole seconds, the unit of every timeout in Amazon States Language. */
export type Seconds = number;

/** As it is. */
export const seconds = (count: number): Seconds => count;
/** Of 60 seconds. */
export const minutes = (count: number): Seconds => count * 60;
/** Of 60 minutes. */
export const hours = (count: number): Seconds => count * 3600;
/** Of 24 hours. */
export const days = (count: number): Seconds => count * 24 * 3600;
