/**
 * Jetty 10 and 11 kept to the promises of the contract, version by version, under the packaged
 * agent jar. The servers are those of the tests of Jetty 9.4.
 */
@NullMarked
package io.endomesh.contracts.jetty10;

import org.jspecify.annotations.NullMarked;
