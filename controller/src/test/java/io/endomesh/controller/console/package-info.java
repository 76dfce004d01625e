/** Tests of the console's server side. */
package io.endomesh.controller.console;
