package io.endomesh.controller.translate;

/**
 * One port of a service. Immutable.
 *
 * @param number by which callers name it
 * @param target that workloads bind; those which bound no such port serve at the port whose place
 *     in their list is that of the target among the service's, because two instances on one machine
 *     cannot share a number
 */
public record ServicePort(int number, int target) {}
