/** Where scripts look for programs, behind the agent's own commands: the system's folders, the same on every machine. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
