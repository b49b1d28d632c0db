; The setup: for one user, without administrator rights, in Chinese and English. Nothing of it runs later by itself.
Target amd64-unicode
Unicode true
ManifestDPIAware true
ManifestSupportedOS all
!ifdef QUICK
  SetCompressor /SOLID zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!include MUI2.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include LogicLib.nsh

!define PROGRAM "qmtdesk"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\qmtdesk"
!define RUNNING "Local\qmtdesk-running"
!define SYNCHRONIZE 0x100000
!define STOP_ARMED 5
; exit codes of the setup itself
!define TOO_OLD 3
!define IS_RUNNING 4
!define FOREIGN_FOLDER 5
!define NEWER_HERE 6

Name "${PROGRAM}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\qmtdesk"
InstallDirRegKey HKCU "Software\qmtdesk" "InstallDir"
BrandingText "qmtdesk ${VERSION} (${COMMIT})"
SetDateSave on
AllowSkipFiles off

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\qmtdesk.exe"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(KeepsData)"
!insertmacro MUI_PAGE_WELCOME
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE LeaveFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"
!include setup_texts.nsh

VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=2052 "ProductName" "${PROGRAM}"
VIAddVersionKey /LANG=2052 "FileDescription" "qmtdesk 安装程序"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "LegalCopyright" "MIT"

!macro Running un
; Leaves only when no qmtdesk runs. A trader without a window and with nothing armed is asked to end, and does.
Function ${un}LeaveUnlessStopped
  StrCpy $1 0
  again:
    System::Call 'kernel32::OpenMutexW(i ${SYNCHRONIZE}, i 0, w "${RUNNING}") p .r2'
    ${If} $2 P= 0
      Return
    ${EndIf}
    System::Call 'kernel32::CloseHandle(p r2)'
    ${If} $1 = 0
    ${AndIf} ${FileExists} "$INSTDIR\qmtdesk.exe"
      ExecWait '"$INSTDIR\qmtdesk.exe" --stop' $3
    ${EndIf}
    IntOp $1 $1 + 1
    ${If} $3 = 0
    ${AndIf} $1 < 20
      Sleep 250
      Goto again
    ${EndIf}
    StrCpy $4 "$(StillRuns)"
    ${If} $3 = ${STOP_ARMED}
      StrCpy $4 "$(StillArmed)"
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$4" /SD IDCANCEL IDRETRY retry
    SetErrorLevel ${IS_RUNNING}
    Quit
  retry:
    StrCpy $1 0
    Goto again
FunctionEnd
!macroend
!insertmacro Running ""
!insertmacro Running "un."

; Pushes 1 when the folder is new, empty, or holds qmtdesk; 0 when it is somebody else's.
Function FolderIsOurs
  ${If} ${FileExists} "$INSTDIR\qmtdesk.exe"
  ${OrIfNot} ${FileExists} "$INSTDIR\*.*"
    Push 1
    Return
  ${EndIf}
  ${DirState} "$INSTDIR" $0
  ${If} $0 = 0
    Push 1
  ${Else}
    Push 0
  ${EndIf}
FunctionEnd

Function LeaveFolder
  Call FolderIsOurs
  Pop $0
  ${If} $0 = 0
    StrCpy $INSTDIR "$INSTDIR\qmtdesk"
    MessageBox MB_ICONINFORMATION "$(NotEmpty)"
    Abort
  ${EndIf}
FunctionEnd

; Remembers the topmost folder that is about to be made, for the uninstaller.
Function RememberMade
  StrCpy $6 ""
  StrCpy $7 "$INSTDIR"
  ${DoUntil} ${FileExists} "$7\*.*"
    StrCpy $6 "$7"
    ${GetParent} "$7" $7
    ${If} $7 == ""
      ${ExitDo}
    ${EndIf}
  ${Loop}
  ${If} $6 != ""
    WriteRegStr HKCU "Software\qmtdesk" "Made" "$6"
  ${EndIf}
FunctionEnd

; Removes the folders above the program's that the setup made, as far as they are empty.
Function un.RemoveMade
  ReadRegStr $6 HKCU "Software\qmtdesk" "Made"
  StrLen $0 "$6"
  StrCpy $1 "$INSTDIR\" $0
  StrCpy $2 "$INSTDIR\" 1 $0
  ${If} $6 == ""
  ${OrIf} $1 != $6
  ${OrIf} $2 != "\"
    Return
  ${EndIf}
  StrCpy $7 "$INSTDIR"
  ${DoUntil} $7 == $6
    ${GetParent} "$7" $7
    RMDir "$7"
  ${Loop}
FunctionEnd

Function .onInit
  SetShellVarContext current
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    MessageBox MB_ICONSTOP "$(TooOld)" /SD IDOK
    SetErrorLevel ${TOO_OLD}
    Quit
  ${EndIf}
  ReadRegStr $5 HKCU "${ENTRY}" "DisplayVersion"
  ${If} $5 != ""
    ${VersionCompare} "$5" "${VERSION}" $0
    ${If} $0 = 1
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(NewerHere)" /SD IDNO IDYES older
      SetErrorLevel ${NEWER_HERE}
      Quit
      older:
    ${EndIf}
  ${EndIf}
  Call LeaveUnlessStopped
FunctionEnd

Section "-program"
  Call FolderIsOurs
  Pop $0
  ${If} $0 = 0
    SetErrorLevel ${FOREIGN_FOLDER}
    Abort "$(NotEmpty)"
  ${EndIf}
  Call LeaveUnlessStopped
  SetShellVarContext current
  Call RememberMade
  ; an older version's files go; the user's settings and journals lie elsewhere
  RMDir /r "$INSTDIR\runtime"
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\licenses"
  !include "${LIST}"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\qmtdesk.lnk" "$INSTDIR\qmtdesk.exe" "" "$INSTDIR\qmtdesk.exe" 0
  CreateShortcut "$DESKTOP\qmtdesk.lnk" "$INSTDIR\qmtdesk.exe" "" "$INSTDIR\qmtdesk.exe" 0
  WriteRegStr HKCU "Software\qmtdesk" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "qmtdesk"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "qmtdesk"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\qmtdesk.exe"
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
SectionEnd

Function un.onInit
  SetShellVarContext current
  Call un.LeaveUnlessStopped
FunctionEnd

Section "Uninstall"
  Call un.LeaveUnlessStopped
  Delete "$SMPROGRAMS\qmtdesk.lnk"
  Delete "$DESKTOP\qmtdesk.lnk"
  RMDir /r "$INSTDIR\runtime"
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\licenses"
  Delete "$INSTDIR\files.json"
  Delete "$INSTDIR\sbom.cdx.json"
  Delete "$INSTDIR\qmtdesk.exe"
  Delete "$INSTDIR\uninstall.exe"
  ; a folder that holds anything else stays
  RMDir "$INSTDIR"
  Call un.RemoveMade
  DeleteRegKey HKCU "${ENTRY}"
  DeleteRegKey HKCU "Software\qmtdesk"
SectionEnd
