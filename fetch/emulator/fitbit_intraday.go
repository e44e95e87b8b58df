package emulator

// intradayRoutes are those of what happened within the day (sheet 5.4).
var intradayRoutes = []route{}
