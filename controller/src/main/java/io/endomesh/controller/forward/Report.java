package io.endomesh.controller.forward;

/**
 * What one workload reported at once.
 *
 * @param key of which only the newest counts; empty if each does
 * @param items spans or measurements in it
 */
record Report(String key, byte[] body, int items) {}
