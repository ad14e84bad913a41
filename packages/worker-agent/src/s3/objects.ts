/** What the agent does with objects, in a module of its own, which is loaded when it is first needed: see `lazily`. */
export { deleteObject, putJson, putObject, readBytes } from "@muster/records";
