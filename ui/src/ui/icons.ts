/** The icons that the UI uses, from one set. Add a line to each list to use another. */
import activitySvg from "lucide-static/icons/activity.svg?raw";
import archiveSvg from "lucide-static/icons/archive.svg?raw";
import arrowDownSvg from "lucide-static/icons/arrow-down.svg?raw";
import arrowDownToLineSvg from "lucide-static/icons/arrow-down-to-line.svg?raw";
import arrowLeftSvg from "lucide-static/icons/arrow-left.svg?raw";
import arrowRightSvg from "lucide-static/icons/arrow-right.svg?raw";
import arrowUpSvg from "lucide-static/icons/arrow-up.svg?raw";
import atSignSvg from "lucide-static/icons/at-sign.svg?raw";
import bellSvg from "lucide-static/icons/bell.svg?raw";
import botSvg from "lucide-static/icons/bot.svg?raw";
import bracesSvg from "lucide-static/icons/braces.svg?raw";
import brainSvg from "lucide-static/icons/brain.svg?raw";
import checkSvg from "lucide-static/icons/check.svg?raw";
import chevronDownSvg from "lucide-static/icons/chevron-down.svg?raw";
import chevronLeftSvg from "lucide-static/icons/chevron-left.svg?raw";
import chevronRightSvg from "lucide-static/icons/chevron-right.svg?raw";
import chevronsDownUpSvg from "lucide-static/icons/chevrons-down-up.svg?raw";
import chevronsUpDownSvg from "lucide-static/icons/chevrons-up-down.svg?raw";
import circleSvg from "lucide-static/icons/circle.svg?raw";
import circleAlertSvg from "lucide-static/icons/circle-alert.svg?raw";
import circleArrowUpSvg from "lucide-static/icons/circle-arrow-up.svg?raw";
import circleCheckSvg from "lucide-static/icons/circle-check.svg?raw";
import circleDashedSvg from "lucide-static/icons/circle-dashed.svg?raw";
import circleDotSvg from "lucide-static/icons/circle-dot.svg?raw";
import circlePauseSvg from "lucide-static/icons/circle-pause.svg?raw";
import circleQuestionMarkSvg from "lucide-static/icons/circle-question-mark.svg?raw";
import circleStopSvg from "lucide-static/icons/circle-stop.svg?raw";
import circleXSvg from "lucide-static/icons/circle-x.svg?raw";
import clockSvg from "lucide-static/icons/clock.svg?raw";
import codeSvg from "lucide-static/icons/code.svg?raw";
import columns2Svg from "lucide-static/icons/columns-2.svg?raw";
import commandSvg from "lucide-static/icons/command.svg?raw";
import compassSvg from "lucide-static/icons/compass.svg?raw";
import containerSvg from "lucide-static/icons/container.svg?raw";
import copySvg from "lucide-static/icons/copy.svg?raw";
import copyPlusSvg from "lucide-static/icons/copy-plus.svg?raw";
import cornerDownLeftSvg from "lucide-static/icons/corner-down-left.svg?raw";
import downloadSvg from "lucide-static/icons/download.svg?raw";
import ellipsisSvg from "lucide-static/icons/ellipsis.svg?raw";
import externalLinkSvg from "lucide-static/icons/external-link.svg?raw";
import eyeSvg from "lucide-static/icons/eye.svg?raw";
import fileSvg from "lucide-static/icons/file.svg?raw";
import fileDiffSvg from "lucide-static/icons/file-diff.svg?raw";
import filePenSvg from "lucide-static/icons/file-pen.svg?raw";
import filePlusSvg from "lucide-static/icons/file-plus.svg?raw";
import folderSvg from "lucide-static/icons/folder.svg?raw";
import folderGit2Svg from "lucide-static/icons/folder-git-2.svg?raw";
import folderOpenSvg from "lucide-static/icons/folder-open.svg?raw";
import folderTreeSvg from "lucide-static/icons/folder-tree.svg?raw";
import folderUpSvg from "lucide-static/icons/folder-up.svg?raw";
import gaugeSvg from "lucide-static/icons/gauge.svg?raw";
import gitBranchSvg from "lucide-static/icons/git-branch.svg?raw";
import gitCompareSvg from "lucide-static/icons/git-compare.svg?raw";
import gitForkSvg from "lucide-static/icons/git-fork.svg?raw";
import globeSvg from "lucide-static/icons/globe.svg?raw";
import groupSvg from "lucide-static/icons/group.svg?raw";
import handSvg from "lucide-static/icons/hand.svg?raw";
import historySvg from "lucide-static/icons/history.svg?raw";
import houseSvg from "lucide-static/icons/house.svg?raw";
import imageSvg from "lucide-static/icons/image.svg?raw";
import inboxSvg from "lucide-static/icons/inbox.svg?raw";
import infoSvg from "lucide-static/icons/info.svg?raw";
import keyRoundSvg from "lucide-static/icons/key-round.svg?raw";
import keyboardSvg from "lucide-static/icons/keyboard.svg?raw";
import layers2Svg from "lucide-static/icons/layers-2.svg?raw";
import layoutGridSvg from "lucide-static/icons/layout-grid.svg?raw";
import listSvg from "lucide-static/icons/list.svg?raw";
import listFilterSvg from "lucide-static/icons/list-filter.svg?raw";
import listRestartSvg from "lucide-static/icons/list-restart.svg?raw";
import listTodoSvg from "lucide-static/icons/list-todo.svg?raw";
import loaderSvg from "lucide-static/icons/loader.svg?raw";
import lockSvg from "lucide-static/icons/lock.svg?raw";
import lockOpenSvg from "lucide-static/icons/lock-open.svg?raw";
import maximize2Svg from "lucide-static/icons/maximize-2.svg?raw";
import messageCircleQuestionMarkSvg from "lucide-static/icons/message-circle-question-mark.svg?raw";
import messageSquareSvg from "lucide-static/icons/message-square.svg?raw";
import minimize2Svg from "lucide-static/icons/minimize-2.svg?raw";
import monitorSvg from "lucide-static/icons/monitor.svg?raw";
import moonSvg from "lucide-static/icons/moon.svg?raw";
import octagonXSvg from "lucide-static/icons/octagon-x.svg?raw";
import panelLeftSvg from "lucide-static/icons/panel-left.svg?raw";
import panelRightSvg from "lucide-static/icons/panel-right.svg?raw";
import paperclipSvg from "lucide-static/icons/paperclip.svg?raw";
import penLineSvg from "lucide-static/icons/pen-line.svg?raw";
import pencilSvg from "lucide-static/icons/pencil.svg?raw";
import pinSvg from "lucide-static/icons/pin.svg?raw";
import pinOffSvg from "lucide-static/icons/pin-off.svg?raw";
import playSvg from "lucide-static/icons/play.svg?raw";
import plugSvg from "lucide-static/icons/plug.svg?raw";
import plusSvg from "lucide-static/icons/plus.svg?raw";
import powerSvg from "lucide-static/icons/power.svg?raw";
import radarSvg from "lucide-static/icons/radar.svg?raw";
import redo2Svg from "lucide-static/icons/redo-2.svg?raw";
import refreshCwSvg from "lucide-static/icons/refresh-cw.svg?raw";
import regexSvg from "lucide-static/icons/regex.svg?raw";
import rotateCwSvg from "lucide-static/icons/rotate-cw.svg?raw";
import rows2Svg from "lucide-static/icons/rows-2.svg?raw";
import searchSvg from "lucide-static/icons/search.svg?raw";
import sendSvg from "lucide-static/icons/send.svg?raw";
import serverSvg from "lucide-static/icons/server.svg?raw";
import settingsSvg from "lucide-static/icons/settings.svg?raw";
import share2Svg from "lucide-static/icons/share-2.svg?raw";
import shieldAlertSvg from "lucide-static/icons/shield-alert.svg?raw";
import shieldOffSvg from "lucide-static/icons/shield-off.svg?raw";
import shieldQuestionMarkSvg from "lucide-static/icons/shield-question-mark.svg?raw";
import sparklesSvg from "lucide-static/icons/sparkles.svg?raw";
import squareSvg from "lucide-static/icons/square.svg?raw";
import squareTerminalSvg from "lucide-static/icons/square-terminal.svg?raw";
import sunSvg from "lucide-static/icons/sun.svg?raw";
import timerSvg from "lucide-static/icons/timer.svg?raw";
import timerOffSvg from "lucide-static/icons/timer-off.svg?raw";
import trash2Svg from "lucide-static/icons/trash-2.svg?raw";
import triangleAlertSvg from "lucide-static/icons/triangle-alert.svg?raw";
import undo2Svg from "lucide-static/icons/undo-2.svg?raw";
import unplugSvg from "lucide-static/icons/unplug.svg?raw";
import userSvg from "lucide-static/icons/user.svg?raw";
import wrapTextSvg from "lucide-static/icons/wrap-text.svg?raw";
import wrenchSvg from "lucide-static/icons/wrench.svg?raw";
import xSvg from "lucide-static/icons/x.svg?raw";
import zapSvg from "lucide-static/icons/zap.svg?raw";

export const ICONS = {
  activity: activitySvg,
  archive: archiveSvg,
  "arrow-down": arrowDownSvg,
  "arrow-down-to-line": arrowDownToLineSvg,
  "arrow-left": arrowLeftSvg,
  "arrow-right": arrowRightSvg,
  "arrow-up": arrowUpSvg,
  "at-sign": atSignSvg,
  bell: bellSvg,
  bot: botSvg,
  braces: bracesSvg,
  brain: brainSvg,
  check: checkSvg,
  "chevron-down": chevronDownSvg,
  "chevron-left": chevronLeftSvg,
  "chevron-right": chevronRightSvg,
  "chevrons-down-up": chevronsDownUpSvg,
  "chevrons-up-down": chevronsUpDownSvg,
  circle: circleSvg,
  "circle-alert": circleAlertSvg,
  "circle-arrow-up": circleArrowUpSvg,
  "circle-check": circleCheckSvg,
  "circle-dashed": circleDashedSvg,
  "circle-dot": circleDotSvg,
  "circle-pause": circlePauseSvg,
  "circle-question-mark": circleQuestionMarkSvg,
  "circle-stop": circleStopSvg,
  "circle-x": circleXSvg,
  clock: clockSvg,
  code: codeSvg,
  "columns-2": columns2Svg,
  command: commandSvg,
  compass: compassSvg,
  container: containerSvg,
  copy: copySvg,
  "copy-plus": copyPlusSvg,
  "corner-down-left": cornerDownLeftSvg,
  download: downloadSvg,
  ellipsis: ellipsisSvg,
  "external-link": externalLinkSvg,
  eye: eyeSvg,
  file: fileSvg,
  "file-diff": fileDiffSvg,
  "file-pen": filePenSvg,
  "file-plus": filePlusSvg,
  folder: folderSvg,
  "folder-git-2": folderGit2Svg,
  "folder-open": folderOpenSvg,
  "folder-tree": folderTreeSvg,
  "folder-up": folderUpSvg,
  gauge: gaugeSvg,
  "git-branch": gitBranchSvg,
  "git-compare": gitCompareSvg,
  "git-fork": gitForkSvg,
  globe: globeSvg,
  group: groupSvg,
  hand: handSvg,
  history: historySvg,
  house: houseSvg,
  image: imageSvg,
  inbox: inboxSvg,
  info: infoSvg,
  "key-round": keyRoundSvg,
  keyboard: keyboardSvg,
  "layers-2": layers2Svg,
  "layout-grid": layoutGridSvg,
  list: listSvg,
  "list-filter": listFilterSvg,
  "list-restart": listRestartSvg,
  "list-todo": listTodoSvg,
  loader: loaderSvg,
  lock: lockSvg,
  "lock-open": lockOpenSvg,
  "maximize-2": maximize2Svg,
  "message-circle-question-mark": messageCircleQuestionMarkSvg,
  "message-square": messageSquareSvg,
  "minimize-2": minimize2Svg,
  monitor: monitorSvg,
  moon: moonSvg,
  "octagon-x": octagonXSvg,
  "panel-left": panelLeftSvg,
  "panel-right": panelRightSvg,
  paperclip: paperclipSvg,
  "pen-line": penLineSvg,
  pencil: pencilSvg,
  pin: pinSvg,
  "pin-off": pinOffSvg,
  play: playSvg,
  plug: plugSvg,
  plus: plusSvg,
  power: powerSvg,
  radar: radarSvg,
  "redo-2": redo2Svg,
  "refresh-cw": refreshCwSvg,
  regex: regexSvg,
  "rotate-cw": rotateCwSvg,
  "rows-2": rows2Svg,
  search: searchSvg,
  send: sendSvg,
  server: serverSvg,
  settings: settingsSvg,
  "share-2": share2Svg,
  "shield-alert": shieldAlertSvg,
  "shield-off": shieldOffSvg,
  "shield-question-mark": shieldQuestionMarkSvg,
  sparkles: sparklesSvg,
  square: squareSvg,
  "square-terminal": squareTerminalSvg,
  sun: sunSvg,
  timer: timerSvg,
  "timer-off": timerOffSvg,
  "trash-2": trash2Svg,
  "triangle-alert": triangleAlertSvg,
  "undo-2": undo2Svg,
  unplug: unplugSvg,
  user: userSvg,
  "wrap-text": wrapTextSvg,
  wrench: wrenchSvg,
  x: xSvg,
  zap: zapSvg,
} as const satisfies Record<string, string>;

export type IconName = keyof typeof ICONS;
