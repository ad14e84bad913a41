/** `MakeBinaryPackage` of `MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic`: activities' names hold no dash. */
export const activityOfTask = (task: string): string => task.split("-", 1)[0] ?? task;
