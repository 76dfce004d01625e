/** The JDK's HTTP server kept to the promises of the contract, under the packaged agent jar. */
@NullMarked
package io.endomesh.contracts.httpserver;

import org.jspecify.annotations.NullMarked;
