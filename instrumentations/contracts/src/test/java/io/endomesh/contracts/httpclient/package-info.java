/** The JDK's HTTP client kept to the promises of the contract, under the packaged agent jar. */
@NullMarked
package io.endomesh.contracts.httpclient;

import org.jspecify.annotations.NullMarked;
