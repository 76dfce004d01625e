/** What of the test uses Tomcat: loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.tomcat.server;

import org.jspecify.annotations.NullMarked;
